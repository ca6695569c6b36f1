//! Reading: one round trip, one permission, nothing written unless it is refused.

use diesel::IntoSql;
use diesel::sql_types::Integer;
use serde_json::json;
use shepherd_domain::audit::Action;
use shepherd_domain::policy::{Permission, Scope};
use shepherd_domain::{Code, Refusal};

use crate::actor::Actor;
use crate::connection::Store;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::leaf::{Leaf, Resource};
use crate::pipeline::Batch;
use crate::tx::{self, Tx};

impl Store {
    /// Runs `batch` in a read-only transaction. The caller of this method asks for permission with the actor.
    pub(crate) async fn read<T: Send + 'static, ST, B: Batch<T, ST>>(&self, ctx: &Ctx, batch: B) -> Result<(Actor, T)> {
        tx::read(self.connection().await?, ctx, self.wake(), batch).await
    }

    /// Asks for `permission` after a read of `resource`.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, after the attempt was recorded.
    pub(crate) async fn allow(
        &self,
        ctx: &Ctx,
        actor: &Actor,
        permission: Permission,
        scope: Scope,
        resource: Resource,
    ) -> Result<()> {
        if actor.allows(permission, scope) {
            return Ok(());
        }
        let refusal = Refusal::new(Code::PermissionDenied).with(json!({"permission": permission.as_str()}));
        Err(self.refuse(ctx, refusal, Leaf::new(Action::AccessRefuse, resource, json!({}))).await)
    }

    /// Records a refused attempt outside any transaction and returns the refusal.
    pub(crate) async fn refuse(&self, ctx: &Ctx, refusal: Refusal, attempt: Leaf) -> Error {
        match self.identified(ctx).await {
            Ok(mut tx) => tx.refuse(refusal, attempt).await,
            Err(error) => error,
        }
    }

    /// A transaction whose caller is known and nothing else has happened.
    pub(crate) async fn identified(&self, ctx: &Ctx) -> Result<Tx> {
        let mut tx = self.tx(ctx).await?;
        let _: Vec<i32> = tx.fetch(diesel::select(1.into_sql::<Integer>())).await?;
        Ok(tx)
    }
}
