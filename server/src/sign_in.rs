//! Proving who one is with a password.

use shepherd_api::auth::{Principal, SignIn};
use shepherd_api::secret::Secret;
use shepherd_domain::Code;
use shepherd_domain::ids::SessionId;
use shepherd_store::Ctx;
use shepherd_store::sign_in::{Account, NewSession, SessionKind};
use shepherd_store::users::Person;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Tokens;
use crate::error::Result;
use crate::session_secret::SessionSecret;
use crate::throttle::account_keys;

/// A session that was just opened. `text` is the secret for the client.
pub(crate) struct Opened {
    pub(crate) person: Person,
    pub(crate) must_change_password: bool,
    pub(crate) session: SessionId,
    pub(crate) ctx: Ctx,
    pub(crate) text: String,
}

/// Opens a session for whoever knows the password.
///
/// # Errors
/// `INVALID_CREDENTIALS`, which never says what was wrong; `RATE_LIMIT_EXCEEDED`.
pub(crate) async fn sign_in(app: &App, tokens: &Tokens, ctx: Ctx, given: SignIn, kind: SessionKind) -> Result<Opened> {
    let username: String = given.username.to_lowercase().chars().take(255).collect();
    let slug = given.tenant.as_deref().unwrap_or("default");
    let (tenant, account) = app.store.account_find(&ctx, slug, &username).await?;
    let ctx = Ctx { tenant, ..ctx };
    let Some(account) = proven(app, &ctx, &username, account, given.password).await? else {
        app.store.sign_in_failed(&ctx, &username).await?;
        return Err(Code::InvalidCredentials.into());
    };
    let id = SessionId(Uuid::now_v7());
    let (text, secret) = SessionSecret::generate(tenant, id, tokens.secret());
    let new = NewSession { account, id, kind, secret_hash: secret.hash };
    let (person, must_change_password) = app.store.session_open(&ctx, new).await?;
    Ok(Opened { person, must_change_password, session: id, ctx, text })
}

/// The account, if `password` is its password. A failure is counted.
///
/// # Errors
/// `RATE_LIMIT_EXCEEDED` after too many failures.
pub(crate) async fn proven(
    app: &App,
    ctx: &Ctx,
    username: &str,
    account: Option<Account>,
    password: Secret,
) -> Result<Option<Account>> {
    let keys = account_keys(ctx, username);
    app.throttle.check(&keys)?;
    let turn = app.passwords.turn().await?;
    // Again, because those ahead in the queue may have used up the guesses.
    app.throttle.check(&keys)?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let (right, turn) = turn.verify(stored, password).await?;
    if !right {
        app.throttle.failed(&keys);
    }
    drop(turn);
    Ok(account.filter(|_| right))
}

pub(crate) fn principal(person: Person) -> Principal {
    Principal { id: person.id, username: person.username, display_name: person.display_name, email: person.email }
}
