package main

import (
	"fmt"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
)

const (
	historyDatabase    = "temporal"
	visibilityDatabase = "temporal_visibility"
	// maintenance is the database to connect to before ours are there.
	maintenance = "postgres"
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
	there, err := sql.NewConnection(p.store(database, 1), logger)
	if err != nil {
		// Not there yet; anything else fails again on the way.
		if err := sql.DoCreateDatabase(p.store(database, 1), maintenance, logger); err != nil {
			return err
		}
		if there, err = sql.NewConnection(p.store(database, 1), logger); err != nil {
			return err
		}
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
