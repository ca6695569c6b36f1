package main

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
)

const (
	historyDatabase    = "temporal"
	visibilityDatabase = "temporal_visibility"
	// maintenance is the database to connect to before ours are there.
	maintenance = "postgres"
	// duplicateDatabase is PostgreSQL's code for a database that is there already.
	duplicateDatabase = "42P04"
)

// makeSchema makes both databases, or brings them up to this server's version.
func makeSchema(p place, logger log.Logger) error {
	for database, upstream := range map[string]string{
		historyDatabase:    "postgresql/v12/temporal",
		visibilityDatabase: "postgresql/v12/visibility",
	} {
		if err := makeOne(p, database, upstream, logger); err != nil {
			return fmt.Errorf("schema of %s: %w", database, err)
		}
	}
	return nil
}

func makeOne(p place, database, upstream string, logger log.Logger) error {
	var failure *pgconn.PgError
	err := sql.DoCreateDatabase(p.store(database, 1), maintenance, logger)
	if err != nil && !(errors.As(err, &failure) && failure.Code == duplicateDatabase) {
		return err
	}
	there, err := sql.NewConnection(p.store(database, 1), logger)
	if err != nil {
		return err
	}
	defer there.Close()
	if _, err := there.ReadSchemaVersion(); err != nil {
		first := &schema.SetupConfig{InitialVersion: "0.0"}
		if err := schema.NewSetupSchemaTask(there, first, logger).Run(); err != nil {
			return err
		}
	}
	update := &schema.UpdateConfig{DBName: database, SchemaName: upstream}
	return schema.NewUpdateSchemaTask(there, update, logger).Run()
}
