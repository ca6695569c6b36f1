//! A database for each test, cloned from one that is migrated once.

use anyhow::Context as _;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::environment::variable;

/// Makes sure that only one process migrates the template.
const LOCK: i64 = 7_266_389;

/// Database of one test. It is left behind; the whole server is thrown away after the run.
pub struct Database {
    name: String,
    admin: String,
}

impl Database {
    /// Clones the migrated template.
    ///
    /// # Errors
    /// When PostgreSQL does not answer or a migration fails.
    pub async fn create() -> anyhow::Result<Self> {
        let admin = variable("SHEPHERD_TEST_ADMIN_URL")?;
        let client = connect(&admin).await?;
        let template = "shepherd_template".to_owned();
        client.execute("select pg_advisory_lock($1)", &[&LOCK]).await?;
        let made = template_exists(&client, &template).await?;
        if !made {
            let building = format!("{template}_building");
            client.batch_execute(&format!("drop database if exists {building}")).await?;
            client.batch_execute(&format!("create database {building} owner shepherd_owner")).await?;
            let password = variable("SHEPHERD_TEST_OWNER_PASSWORD")?;
            shepherd_store::migrate(&url(&admin, "shepherd_owner", &password, &building)?).await?;
            client.batch_execute(&format!("alter database {building} rename to {template}")).await?;
        }
        client.execute("select pg_advisory_unlock($1)", &[&LOCK]).await?;
        let name = format!("test_{}", Uuid::new_v4().simple());
        let clone = format!("create database {name} template {template} owner shepherd_owner strategy file_copy");
        client.batch_execute(&clone).await?;
        Ok(Self { name, admin })
    }

    /// A database without tables, for tests of the migrations themselves.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub async fn empty(admin: &str) -> anyhow::Result<Self> {
        let client = connect(admin).await?;
        let name = format!("test_{}", Uuid::new_v4().simple());
        client.batch_execute(&format!("create database {name} owner shepherd_owner")).await?;
        Ok(Self { name, admin: admin.to_owned() })
    }

    /// URL as the server's role.
    ///
    /// # Errors
    /// When the password is not in the environment.
    pub fn server_url(&self) -> anyhow::Result<String> {
        url(&self.admin, "shepherd_server", &variable("SHEPHERD_TEST_SERVER_PASSWORD")?, &self.name)
    }

    /// URL as the worker's role.
    ///
    /// # Errors
    /// When the password is not in the environment.
    pub fn worker_url(&self) -> anyhow::Result<String> {
        url(&self.admin, "shepherd_worker", &variable("SHEPHERD_TEST_WORKER_PASSWORD")?, &self.name)
    }

    /// URL as the owner of the tables.
    ///
    /// # Errors
    /// When the password is not in the environment.
    pub fn owner_url(&self) -> anyhow::Result<String> {
        url(&self.admin, "shepherd_owner", &variable("SHEPHERD_TEST_OWNER_PASSWORD")?, &self.name)
    }

    /// URL past row-level security, for a dump of everything.
    ///
    /// # Errors
    /// When the administrator's URL is no URL.
    pub fn dump_url(&self) -> anyhow::Result<String> {
        with_database(&self.admin, &self.name)
    }

    /// A connection past row-level security, to look at everything.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub async fn admin(&self) -> anyhow::Result<Client> {
        connect(&with_database(&self.admin, &self.name)?).await
    }
}

async fn template_exists(client: &Client, name: &str) -> anyhow::Result<bool> {
    let row = client.query_one("select exists (select from pg_database where datname = $1)", &[&name]).await?;
    Ok(row.get(0))
}

/// Connects and drives the connection in the background.
///
/// # Errors
/// When PostgreSQL does not answer.
pub async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("connect to PostgreSQL")?;
    tokio::spawn(connection);
    Ok(client)
}

fn url(admin: &str, role: &str, password: &str, database: &str) -> anyhow::Result<String> {
    let mut url: reqwest::Url = admin.parse()?;
    url.set_username(role).map_err(|()| anyhow::anyhow!("role in the URL"))?;
    url.set_password(Some(password)).map_err(|()| anyhow::anyhow!("password in the URL"))?;
    url.set_path(database);
    Ok(url.into())
}

fn with_database(admin: &str, database: &str) -> anyhow::Result<String> {
    let mut url: reqwest::Url = admin.parse()?;
    url.set_path(database);
    Ok(url.into())
}
