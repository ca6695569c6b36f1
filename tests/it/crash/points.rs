//! Which places there are, and on which road each of them is.

use shepherd_domain::audit::Action;
use shepherd_domain::step::StepName;
use std::collections::BTreeSet;
use std::path::Path;

use super::road::Road;

/// Places that a road must pass.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    commits: &'static [&'static str],
    orders: &'static [&'static str],
    activities: &'static [&'static str],
}

impl Passed {
    /// What a road passes.
    pub fn on(road: Road) -> Self {
        let (commits, orders, activities): (&[_], &[_], &[_]) = match road {
            Road::Success => (
                &["vm.request", "approval.approve", "execution.start", "execution.step", "execution.success"],
                &["ticket_start", "ticket_decided"],
                &["claim_ticket", "ensure_namespace", "apply_vm", "await_vm_ready", "finish_ticket"],
            ),
            Road::Rejection => (&["approval.reject"], &["ticket_decided"], &["claim_ticket"]),
            Road::Cancellation => (&["approval.cancel"], &["ticket_decided"], &["claim_ticket"]),
            Road::Expiry => (
                &["approval.remind", "approval.expire"],
                &["ticket_start"],
                &["remind_approvers", "expire_ticket", "claim_ticket"],
            ),
            Road::Undo => (
                &["execution.undo", "execution.failure"],
                &["ticket_decided"],
                &["note_undoing", "remove_vm", "remove_namespace", "finish_ticket"],
            ),
            Road::Abandonment => (&["execution.abandon"], &["ticket_abandoned"], &["note_undoing"]),
            Road::Refusal => (&["execution.needs_operator"], &["ticket_decided"], &["note_needs_operator"]),
            Road::Loss => (&["execution.restart"], &["ticket_start"], &["reconcile_tickets", "finish_ticket"]),
            Road::Check => (&["cluster.check_request", "cluster.check"], &["cluster_check"], &["check_cluster"]),
        };
        Self { commits, orders, activities }
    }

    /// Their names, as `crash_point!` has them.
    pub fn names(self) -> BTreeSet<String> {
        let steps: Vec<_> = StepName::ALL.map(StepName::as_str).into_iter().collect();
        let mut names = BTreeSet::new();
        names.extend(
            self.commits.iter().flat_map(|act| [format!("commit {act}: before"), format!("commit {act}: after")]),
        );
        let around = |kind: &&str| ["taken", "handed over", "marked"].map(|place| format!("order {kind}: {place}"));
        names.extend(self.orders.iter().flat_map(around));
        for name in self.activities {
            names.extend(["begin", "end"].map(|place| format!("activity {name}: {place}")));
            if steps.contains(name) {
                names.extend(["intent noted", "effect done"].map(|place| format!("step {name}: {place}")));
            }
        }
        names
    }
}

/// Acts after which nothing follows but an answer: one transaction, without an order and without an effect. What a death
/// at its commit means is the same for all of them, and is played on the commits of the roads.
const ALONE: [&str; 40] = [
    "setup.complete",
    "user.login",
    "user.login_failed",
    "user.logout",
    "user.password_change",
    "user.create",
    "user.update",
    "user.delete",
    "session.refresh",
    "session.revoke",
    "role.assign",
    "role.revoke",
    "system.create",
    "system.update",
    "system.delete",
    "service.create",
    "service.update",
    "service.delete",
    "namespace.create",
    "namespace.update",
    "namespace.delete",
    "template.create",
    "template.update",
    "template.activate",
    "template.deprecate",
    "template.archive",
    "template.delete",
    "instance_size.create",
    "instance_size.update",
    "instance_size.delete",
    "cluster.register",
    "cluster.update",
    "cluster.credential_rotate",
    "cluster.delete",
    "idempotency_key.sweep",
    "session.sweep",
    "notification.read",
    "audit.read",
    "audit.export",
    "access.refuse",
];

/// Records that are written beside another, or by a watch that comes with the clock.
const BESIDE: [&str; 4] = ["execution.park", "execution.resume", "vm.create", "vm.state_change"];

#[test]
fn there_are_more_than_sixty_places_and_each_is_on_a_road() {
    let played: BTreeSet<_> = Road::ALL.into_iter().flat_map(|road| Passed::on(road).names()).collect();
    assert!(played.len() >= 60, "{}: {played:#?}", played.len());

    let definitions = include_str!("../../../workflows/src/activities.rs");
    let activities = definitions.split("#[activity(name = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let orders = include_str!("../../../store/src/orders.rs");
    let orders = orders.split("Self::").filter_map(|rest| rest.split_once("=> \"")?.1.split('"').next());
    let commits = Action::ALL.iter().map(|act| act.as_str());
    let commits: Vec<_> = commits.filter(|act| !ALONE.contains(act) && !BESIDE.contains(act)).collect();
    let (activities, orders): (Vec<_>, Vec<_>) = (activities.collect(), orders.collect());
    assert_eq!((activities.len(), orders.len()), (13, 4), "{activities:?} {orders:?}");
    let there_are = Passed { commits: commits.leak(), orders: orders.leak(), activities: activities.leak() }.names();
    assert_eq!(there_are, played);
}

#[test]
fn every_place_in_the_source_is_of_a_kind_that_is_counted() -> anyhow::Result<()> {
    let mut named = BTreeSet::new();
    for part in ["server", "store", "worker", "workflows"] {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(part).join("src"), &mut named)?;
    }
    let counted = [
        "commit {act}: before",
        "commit {act}: after",
        "order {}: taken",
        "order {}: handed over",
        "order {}: marked",
        "step {}: intent noted",
        "step {}: effect done",
        "activity {name}: begin",
        // A disturbance, not a place of the product.
        "activity {name}: {}",
        "activity {name}: end",
    ];
    assert_eq!(named, counted.map(str::to_owned).into());
    Ok(())
}

/// Names in the sources of a folder.
fn collect(folder: &Path, named: &mut BTreeSet<String>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, named)?;
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let places = text.split("crash_point!(\"").skip(1).filter_map(|rest| rest.split('"').next());
        named.extend(places.map(str::to_owned));
    }
    Ok(())
}
