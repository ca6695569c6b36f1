//! A product with a past, so that there is something to find: a machine, its ticket, and one that waits.

use shepherd_tests::World;

use crate::report::Report;

/// Fuzzing guesses passwords; the throttle has tests of its own.
const GUESSES: (&str, &str) = ("SHEPHERD_LOGIN_ATTEMPTS_PER_MINUTE", "100000");

pub(crate) struct Stage {
    world: World,
}

impl Stage {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let world = World::with(&[(GUESSES.0, GUESSES.1.to_owned())]).await?;
        let ticket = world.submit().await?;
        world.approve(&ticket).await?;
        world.ticket_in(&ticket, &["SUCCESS"]).await?;
        world.submit().await?;
        Ok(Self { world })
    }

    pub(crate) fn url(&self) -> &str {
        self.world.anonymous.base()
    }

    /// Adds what no single answer tells: a process that ended or panicked.
    pub(crate) async fn judge(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let worker = self.world.worker.as_mut();
        for (name, process) in std::iter::once(("server", &mut self.world.server)).chain(worker.map(|w| ("worker", w)))
        {
            if process.has_ended()? {
                report.blame(name, "ended", process.end_of_log());
            }
            for line in process.log_text().lines().filter(|line| line.contains("panicked")) {
                report.blame(name, "panicked", line.to_owned());
            }
        }
        Ok(())
    }
}
