//! The benches, one file each. A bench is `async fn run(stage: &Stage) -> Result<Vec<Figure>>` and a line in [`ALL`].

mod f3;
mod p1;
mod p10;
mod p13;
mod p14;
mod p15;
mod p16;
mod p17;
mod p18;
mod p2;
mod p3;
mod p4;
mod p5;
mod p6;
mod p7;
mod p8;
mod peers;

use anyhow::Result;
use std::pin::Pin;

use crate::figure::Figure;
use crate::stage::Stage;

type Run = for<'a> fn(&'a Stage) -> Pin<Box<dyn Future<Output = Result<Vec<Figure>>> + 'a>>;

/// A bench that can be asked for by its id.
pub(crate) struct Bench {
    pub(crate) id: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: Run,
}

/// All benches in the order in which they run.
const ALL: &[Bench] = &[
    Bench { id: "F3", what: "bare actix-web", run: |stage| Box::pin(f3::run(stage)) },
    Bench { id: "P1", what: "submit peak", run: |stage| Box::pin(p1::run(stage)) },
    Bench { id: "P2", what: "submit latency", run: |stage| Box::pin(p2::run(stage)) },
    Bench { id: "P3", what: "work per submit", run: |stage| Box::pin(p3::run(stage)) },
    Bench { id: "P4", what: "decisions", run: |stage| Box::pin(p4::run(stage)) },
    Bench { id: "P5", what: "lag of the outbox", run: |stage| Box::pin(p5::run(stage)) },
    Bench { id: "P6", what: "catch-up after Temporal was away", run: |stage| Box::pin(p6::run(stage)) },
    Bench { id: "P7", what: "cost of orchestration", run: |stage| Box::pin(p7::run(stage)) },
    Bench { id: "P8", what: "a burst on a cluster that refuses", run: |stage| Box::pin(p8::run(stage)) },
    Bench { id: "P10", what: "reading, and the price of row-level security", run: |stage| Box::pin(p10::run(stage)) },
    Bench { id: "P13", what: "permission check", run: |stage| Box::pin(p13::run(stage)) },
    Bench { id: "P14", what: "signing in", run: |stage| Box::pin(p14::run(stage)) },
    Bench { id: "P15", what: "overload", run: |stage| Box::pin(p15::run(stage)) },
    Bench { id: "P16", what: "footprint", run: |stage| Box::pin(p16::run(stage)) },
    Bench { id: "P17", what: "list while others write", run: |stage| Box::pin(p17::run(stage)) },
    Bench { id: "P18", what: "a held snapshot", run: |stage| Box::pin(p18::run(stage)) },
    Bench { id: "peers", what: "the common task, by us and by others", run: |stage| Box::pin(peers::run(stage)) },
];

/// The benches with these ids; all of them if none is given.
///
/// # Errors
/// For an id that no bench has.
pub(crate) fn chosen(ids: &[String]) -> Result<Vec<&'static Bench>> {
    for id in ids {
        let known: Vec<_> = ALL.iter().map(|bench| bench.id).collect();
        anyhow::ensure!(known.contains(&id.as_str()), "no bench {id}; there are {}", known.join(", "));
    }
    Ok(ALL.iter().filter(|bench| ids.is_empty() || ids.iter().any(|id| id == bench.id)).collect())
}

/// Place of a bench in the report.
pub(crate) fn position(id: &str) -> usize {
    ALL.iter().position(|bench| bench.id == id).unwrap_or(ALL.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benches_are_chosen_by_id_and_an_unknown_id_is_refused() {
        let ids = |chosen: &[&str]| -> Option<Vec<_>> {
            let chosen: Vec<_> = chosen.iter().map(|&id| id.to_owned()).collect();
            super::chosen(&chosen).ok().map(|benches| benches.iter().map(|bench| bench.id).collect())
        };
        assert_eq!(ids(&["P1"]), Some(vec!["P1"]));
        assert_eq!(ids(&[]).map(|all| all.len()), Some(ALL.len()));
        assert_eq!(ids(&["P1", "P0"]), None);
    }
}
