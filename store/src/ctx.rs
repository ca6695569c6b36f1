//! Who is asking, for which tenant, and in which request.

use shepherd_domain::ids::{RequestId, SessionId, TenantId};
use uuid::Uuid;

use crate::idempotency::IdempotencyKey;

/// Where a call came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Api,
    Ui,
    Worker,
}

impl Source {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Ui => "ui",
            Self::Worker => "worker",
        }
    }
}

/// Workflow on whose behalf the worker acts.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub workflow_id: Option<String>,
    pub run_id: Option<String>,
}

/// Who is asking. A session is looked up with the first statements of each transaction, so a revoked one
/// is refused on its next call.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Nobody yet: sign-in and first-run set-up.
    Anonymous,
    /// A person, by the session that the token names. `proof` is the SHA-256 of the cookie's secret; a signed
    /// access token needs none.
    Session { id: SessionId, proof: Option<Vec<u8>> },
    /// Shepherd itself.
    System(Run),
}

/// Context of every store method.
#[derive(Clone, Debug)]
pub struct Ctx {
    pub tenant: TenantId,
    pub caller: Caller,
    pub request_id: RequestId,
    pub source: Source,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    /// Whether the act is open to somebody who must change their password first.
    pub before_password_change: bool,
    /// The client's key for a request that creates or decides.
    pub idempotency: Option<IdempotencyKey>,
}

impl Ctx {
    /// Context of the worker, for one tenant.
    pub fn system(tenant: TenantId, request_id: RequestId, run: Run) -> Self {
        Self {
            tenant,
            caller: Caller::System(run),
            request_id,
            source: Source::Worker,
            ip: None,
            user_agent: None,
            before_password_change: false,
            idempotency: None,
        }
    }

    /// Id of the caller's session; that of no session for everybody else.
    pub(crate) fn session(&self) -> Uuid {
        match &self.caller {
            Caller::Session { id, .. } => id.0,
            Caller::Anonymous | Caller::System(_) => Uuid::nil(),
        }
    }
}
