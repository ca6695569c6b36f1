//! The tables of `docs/scale.md`.

use std::fmt::Write as _;

use crate::costs::{CAPACITIES, Capacity, Costs, MEASURED};
use crate::queues::{Scenario, simulate};

const DAY: f64 = 86_400.0;
/// Part of the day in which people work, and how much busier its busiest hour is than its average.
const WORKING: f64 = 10.0 * 3_600.0;
const PEAK: f64 = 3.0;
/// A station that is busier than this has queues that grow fast.
const BUSY: f64 = 0.7;

/// An installation by its size.
struct Size {
    name: &'static str,
    n_clusters: f64,
    n_tickets_a_day: f64,
}

/// A regional hospital group first, and what is ten, a hundred and ten thousand times as much.
const SIZES: [Size; 4] = [
    Size { name: "1x", n_clusters: 10.0, n_tickets_a_day: 200.0 },
    Size { name: "10x", n_clusters: 30.0, n_tickets_a_day: 2_000.0 },
    Size { name: "100x", n_clusters: 200.0, n_tickets_a_day: 20_000.0 },
    Size { name: "10,000x", n_clusters: 10_000.0, n_tickets_a_day: 2_000_000.0 },
];

/// All tables, each under its heading.
pub fn tables() -> String {
    [costs(&MEASURED), loads(&MEASURED), first(&MEASURED), queues(&MEASURED)].join("\n")
}

fn costs(costs: &Costs) -> String {
    let (round_trips, runs) = ("`tests/it/store/round_trips.rs`", "`tests/it/runs/costs.rs`");
    let postgres = "measured once, P7 with Temporal on PostgreSQL, development build";
    let rows = [
        ("Writing commits in Shepherd's database", number(costs.commits), "read from the code, not measured"),
        ("Write-ahead log of the submit", format!("{} kB", number(costs.submit_wal_bytes / 1e3)), round_trips),
        ("Write-ahead log in all, Temporal's included", format!("{} kB", number(costs.wal_bytes / 1e3)), postgres),
        ("Kept by Shepherd, indexes included", format!("{} kB", number(costs.stored_bytes / 1e3)), "estimated"),
        ("Events in the workflow's history", number(costs.history_events), runs),
        ("Commits in Temporal's database", number(costs.temporal_commits), postgres),
        ("Changing calls to the cluster, its namespace there", number(costs.mutations), runs),
        ("Polling calls to the cluster", "0".to_owned(), runs),
    ];
    let mut text = String::from("### What one ticket costs\n\n| | | How it is known |\n|---|---|---|\n");
    for (name, value, source) in rows {
        let _ = writeln!(text, "| {name} | {value} | {source} |");
    }
    text
}

/// How busy each part is in the busiest hour.
fn loads(costs: &Costs) -> String {
    let mut text = String::from("### How busy each part is in the busiest hour\n\n| | ");
    let _ = writeln!(text, "{} |", SIZES.map(|size| size.name).join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(SIZES.len()));
    let row = |name: &str, value: &dyn Fn(&Size) -> String| {
        format!("| {name} | {} |\n", SIZES.iter().map(value).collect::<Vec<_>>().join(" | "))
    };
    text += &row("Clusters", &|size| number(size.n_clusters));
    text += &row("Tickets a day", &|size| number(size.n_tickets_a_day));
    text += &row("Tickets a second, busiest hour", &|size| number(peak(size)));
    for capacity in CAPACITIES {
        text += &row(
            &format!("{} ({} of {} a second)", capacity.name, capacity.unit, number(capacity.per_second)),
            &|size| percent(load(&capacity, costs, size)),
        );
    }
    text += &row("Shepherd's database after a year, GB", &|size| {
        number(size.n_tickets_a_day * 365.0 * costs.stored_bytes / 1e9)
    });
    text
}

/// What must change at each size.
fn first(costs: &Costs) -> String {
    let mut text = String::from(
        "### What breaks first, and what to change\n\n| Size | Short | Factor | Change |\n|---|---|---|---|\n",
    );
    for size in &SIZES {
        let mut short: Vec<_> = CAPACITIES
            .iter()
            .map(|capacity| (load(capacity, costs, size) / BUSY, capacity))
            .filter(|(factor, _)| *factor > 1.0)
            .collect();
        short.sort_by(|one, other| other.0.total_cmp(&one.0));
        if short.is_empty() {
            let _ = writeln!(text, "| {} | nothing | | |", size.name);
        }
        for (factor, capacity) in short {
            let _ = writeln!(text, "| {} | {} | {}x | {} |", size.name, capacity.name, number(factor), capacity.remedy);
        }
    }
    text
}

fn queues(costs: &Costs) -> String {
    let mut text = String::from(
        "### A campaign and an outage, simulated\n\n\
         A million machines on ten thousand clusters within a day, evenly approved, and Temporal away for an hour in the \
         third hour. Times from the approval to the running machine.\n\n\
         | | Runs a second | Workers | Median | 99 % | Longest | Most waiting | Drained after |\n|---|---|---|---|---|---|---|---|\n",
    );
    let campaign = Scenario {
        name: "campaign",
        n_tickets: 1_000_000,
        n_clusters: 10_000,
        arrivals_per_second: 1_000_000.0 / DAY,
        outage: Some((2.0 * 3_600.0, 3_600.0)),
        runs_per_second: 60.0,
        n_workers: 1,
        places: 2_000,
        bucket: (50.0, 100.0),
    };
    let played = [
        campaign.clone(),
        Scenario { name: "without the outage", outage: None, ..campaign.clone() },
        Scenario { name: "a slower Temporal", runs_per_second: 15.0, ..campaign.clone() },
        Scenario { name: "the SDK's 100 places", places: 100, ..campaign.clone() },
        Scenario { name: "the same, three workers", places: 100, n_workers: 3, ..campaign.clone() },
        Scenario { name: "all on ten clusters", n_clusters: 10, ..campaign },
    ];
    for scenario in played {
        let outcome = simulate(&scenario, costs);
        let _ = writeln!(
            text,
            "| {} | {} | {} of {} places | {} | {} | {} | {} | {} |",
            scenario.name,
            number(scenario.runs_per_second),
            scenario.n_workers,
            number(f64::from(scenario.places)),
            duration(outcome.median),
            duration(outcome.p99),
            duration(outcome.longest),
            number(f64::from(outcome.most_waiting)),
            if scenario.outage.is_some() { duration(outcome.drained_after) } else { "-".to_owned() },
        );
    }
    text
}

fn peak(size: &Size) -> f64 {
    size.n_tickets_a_day / WORKING * PEAK
}

fn load(capacity: &Capacity, costs: &Costs, size: &Size) -> f64 {
    let parts = if capacity.per_cluster { size.n_clusters } else { 1.0 };
    peak(size) * (capacity.per_ticket)(costs) / (capacity.per_second * parts)
}

fn percent(part: f64) -> String {
    format!("{} %", number(part * 100.0))
}

/// Three digits that count.
fn number(value: f64) -> String {
    let text = match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    let (whole, rest) =
        text.split_once('.').map_or((text.as_str(), String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let mut grouped = String::new();
    for (nth, digit) in whole.chars().enumerate() {
        if nth > 0 && (whole.len() - nth) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + &rest
}

fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7_200.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3_600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        assert_eq!(
            [number(0.005), number(12.04), number(999.6), number(1_234_567.0)],
            ["0.01", "12", "1,000", "1,234,567"]
        );
        assert_eq!([duration(25.4), duration(600.0), duration(10_800.0)], ["25 s", "10 min", "3.0 h"]);
    }

    /// What is written down is what comes out.
    #[test]
    fn the_paper_holds_the_tables() -> anyhow::Result<()> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scale.md");
        let paper = std::fs::read_to_string(file)?;
        let (head, rest) =
            paper.split_once("<!-- tables -->\n").ok_or_else(|| anyhow::anyhow!("no place for tables"))?;
        let (held, tail) =
            rest.split_once("<!-- end of tables -->\n").ok_or_else(|| anyhow::anyhow!("no end of tables"))?;
        let tables = tables();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(file, format!("{head}<!-- tables -->\n{tables}<!-- end of tables -->\n{tail}"))?;
        } else {
            anyhow::ensure!(held == tables, "docs/scale.md differs from the model: UPDATE_GOLDEN=1 writes it anew");
        }
        Ok(())
    }
}
