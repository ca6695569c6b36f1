//! The people of a local installation. Their passwords are random and stay in the state file.

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::client::{Client, field, is_refused};
use crate::component::server::Server;
use crate::secret;
use crate::state::{Account, State};

pub const ADMIN: &str = "admin";
pub const REQUESTER: &str = "requester";
pub const APPROVER: &str = "approver";
pub const AUDITOR: &str = "auditor";

/// User name, display name, role, what the person does.
pub const PEOPLE: [(&str, &str, &str, &str); 5] = [
    (ADMIN, "Ada Admin", "", "catalogue, clusters, users"),
    (REQUESTER, "Rita Requester", "Operator", "asks for VMs"),
    (APPROVER, "Arno Approver", "Approver", "decides"),
    ("sre", "Sam Reliable", "SRE", "follows executions"),
    (AUDITOR, "Uma Auditor", "Auditor", "reads the audit"),
];

/// Makes the administrator with the one-time token. False when somebody else did so before.
pub fn complete_setup(anonymous: &Client, server: &Server, state: &mut State) -> Result<bool> {
    let open = anonymous.get("/setup")?["required"] == true;
    let Some(token) = server.setup_token.as_deref().filter(|_| open) else {
        return Ok(state.accounts.contains_key(ADMIN) && !open);
    };
    let (username, display_name, ..) = PEOPLE[0];
    let password = remember(state, username)?.password;
    let body = json!({"token": token, "username": username, "display_name": display_name, "password": password});
    anonymous.post("/setup", &body)?;
    state.accounts.entry(username.to_owned()).and_modify(|account| account.initial_password = None);
    state.save()?;
    Ok(true)
}

/// Makes those who are missing, gives them their roles, has them choose their own passwords.
pub fn make_people(admin: &Client, anonymous: &Client, state: &mut State) -> Result<()> {
    let there = admin.get("/users?per_page=100")?;
    let there = there["items"].as_array().cloned().unwrap_or_default();
    for (username, display_name, role, _) in PEOPLE.iter().skip(1) {
        let found = there.iter().find(|user| user["username"] == *username);
        if found.is_some() && state.accounts.get(*username).is_some_and(|a| a.initial_password.is_none()) {
            continue;
        }
        let account = remember(state, username)?;
        let id = match found {
            Some(user) => field(user, "id")?,
            None => {
                let password = account.initial_password.as_ref().unwrap_or(&account.password);
                let body = json!({"username": username, "display_name": display_name, "password": password});
                field(&admin.post("/users", &body)?, "id")?
            }
        };
        let bound = admin.post("/role-bindings", &json!({"principal_id": id, "role": role}));
        if let Err(error) = bound
            && !is_refused(&error, 409)
        {
            return Err(error).with_context(|| format!("giving {username} a role"));
        }
        sign_in(anonymous, state, username)?;
    }
    Ok(())
}

/// The API as this person, who replaces an initial password first.
pub fn sign_in(anonymous: &Client, state: &mut State, username: &str) -> Result<Client> {
    let account = state.accounts.get(username).with_context(|| format!("no account {username}"))?.clone();
    let Some(initial) = &account.initial_password else {
        return with_password(anonymous, username, &account.password);
    };
    match with_password(anonymous, username, initial) {
        Ok(client) => {
            let body = json!({"current_password": initial, "new_password": account.password});
            client.post("/auth/password", &body).with_context(|| format!("replacing the password of {username}"))?;
        }
        // Replaced by a run that was killed before it wrote that down.
        Err(error) if is_refused(&error, 401) => {}
        Err(error) => return Err(error),
    }
    let client = with_password(anonymous, username, &account.password)?;
    state.accounts.entry(username.to_owned()).and_modify(|account| account.initial_password = None);
    state.save()?;
    Ok(client)
}

fn with_password(anonymous: &Client, username: &str, password: &str) -> Result<Client> {
    let answer = anonymous.post("/auth/token", &json!({"username": username, "password": password}))?;
    Ok(anonymous.with_token(&field(&answer, "access_token")?))
}

/// Writes the passwords down before anybody is told of them.
fn remember(state: &mut State, username: &str) -> Result<Account> {
    if let Some(account) = state.accounts.get(username) {
        return Ok(account.clone());
    }
    let account = Account { password: secret::password()?, initial_password: Some(secret::password()?) };
    if state.accounts.insert(username.to_owned(), account.clone()).is_some() {
        bail!("{username} was remembered twice");
    }
    state.save()?;
    Ok(account)
}
