//! The people of a test, made as an administrator would make them.

use serde_json::{Value, json};

use crate::client::{Client, text};

/// What everybody chooses.
pub const PASSWORD: &str = "plum orchard 4711 rain";

/// A signed-in person.
#[derive(Clone)]
pub struct Person {
    pub id: String,
    pub client: Client,
}

impl std::ops::Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Sets the installation up and signs its first administrator in.
///
/// # Errors
/// When set-up is refused.
pub async fn set_up(anonymous: &Client, token: &str) -> anyhow::Result<Person> {
    let body = json!({"token": token, "username": "ada", "display_name": "Ada", "password": PASSWORD});
    let made = anonymous.post("/setup", &body).await?.expect(201)?;
    let client = sign_in(anonymous, "ada", PASSWORD).await?;
    Ok(Person { id: text(&made, "id")?.to_owned(), client })
}

/// Makes a person with roles, who changes the first password as everybody must.
///
/// # Errors
/// When any step is refused.
pub async fn hire(admin: &Client, anonymous: &Client, name: &str, roles: &[&str]) -> anyhow::Result<Person> {
    let first = "only for the first day 99";
    let body = json!({"username": name, "display_name": name, "password": first});
    let made = admin.post("/users", &body).await?.expect(201)?;
    let id = text(&made, "id")?.to_owned();
    for role in roles {
        admin.post("/role-bindings", &json!({"principal_id": id, "role": role})).await?.expect(201)?;
    }
    let client = sign_in(anonymous, name, first).await?;
    let change = json!({"current_password": first, "new_password": PASSWORD});
    client.post("/auth/password", &change).await?.expect(204)?;
    Ok(Person { id, client })
}

/// A client with an access token.
///
/// # Errors
/// When the credentials are refused.
pub async fn sign_in(anonymous: &Client, username: &str, password: &str) -> anyhow::Result<Client> {
    let body = json!({"username": username, "password": password});
    let answer: Value = anonymous.post("/auth/token", &body).await?.expect(200)?;
    Ok(anonymous.with_token(text(&answer, "access_token")?))
}
