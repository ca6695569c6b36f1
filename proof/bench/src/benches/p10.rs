//! P10, reading: a ticket, a list of fifty and the inbox by deadline, against bare actix-web and one statement that
//! reads the same rows; and what row-level security costs, the same statement by a role that it binds and one that it
//! does not. On 10,000 tickets and on the larger data set.

use anyhow::{Context as _, Result};
use shepherd_tests::people::Person;
use shepherd_tests::{World, volume};

use super::p1::CONNECTIONS;
use crate::figure::Figure;
use crate::floor::bare::{Bare, Reader};
use crate::floor::pgbench::Pgbench;
use crate::load::{Load, closed};
use crate::measure::{Kept, in_turn};
use crate::stage::Stage;
use crate::statements::{GET, INBOX, LIST};

const SMALL: u64 = 10_000;
/// Who reads at once.
const READERS: usize = 8;
/// Tickets that are read by id, spread over the whole table.
const SAMPLE: i64 = 1000;

/// Something that is read: what it is called, the product's paths, the floor's paths, its statement and its target.
struct Read {
    what: &'static str,
    product: Vec<String>,
    floor: Vec<String>,
    statement: String,
    target: f64,
}

pub(crate) async fn run(stage: &Stage) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for n_tickets in [SMALL, stage.options.tickets] {
        let world = World::without_worker(&[]).await?;
        let sql = world.sql().await?;
        volume::fill(&sql, n_tickets).await?;
        sql.batch_execute("vacuum analyze").await?;
        let sample = sql
            .query(
                "select id::text from tickets tablesample bernoulli (100) order by hashtext(id::text) limit $1",
                &[&SAMPLE],
            )
            .await?;
        let ids: Vec<String> = sample.iter().map(|row| row.get(0)).collect();
        let floor = Bare::start(&world.database.dump_url()?).await?;
        for read in reads(&ids) {
            figures.extend(measure(stage, &world, &floor, n_tickets, &read).await?);
        }
    }
    Ok(figures)
}

fn reads(ids: &[String]) -> [Read; 3] {
    let several = |at: &dyn Fn(&String) -> String| ids.iter().map(at).collect();
    let random = format!("\\set nth random(1, {})\n", ids.len());
    let id = format!("('{{{}}}'::text[])[:nth]", ids.join(","));
    [
        Read {
            what: "a ticket",
            product: several(&|id| format!("/api/v1/tickets/{id}")),
            floor: several(&|id| format!("/tickets/{id}")),
            statement: format!("{random}{};\n", GET.replace("$1::text", &id)),
            target: 0.8,
        },
        Read {
            what: "the newest 50",
            product: vec!["/api/v1/tickets?per_page=50".to_owned()],
            floor: vec!["/tickets".to_owned()],
            statement: format!("{LIST};\n"),
            target: 0.7,
        },
        Read {
            what: "the inbox of 50",
            product: vec!["/api/v1/tickets?decidable=true&sort=deadline_at&per_page=50".to_owned()],
            floor: vec!["/inbox".to_owned()],
            statement: format!("{INBOX};\n"),
            target: 0.7,
        },
    ]
}

async fn measure(stage: &Stage, world: &World, floor: &Bare, n_tickets: u64, read: &Read) -> Result<Vec<Figure>> {
    let length = stage.options.round;
    let mut below = readers(floor.url(), None, &read.floor).await?;
    let mut product = readers(world.anonymous.base(), Some(&world.approver), &read.product).await?;
    closed(&mut product, length / 4).await?.expect_success()?;
    let kept: Kept<Load> = in_turn(
        &stage.options,
        async || Ok(closed(&mut below, length).await?.expect_success()?.rate()),
        async || closed(&mut product, length).await?.expect_success(),
    )
    .await?;
    let bound = Pgbench::new(&world.database.server_url()?, &read.statement)?;
    let free = Pgbench::new(&world.database.dump_url()?, &read.statement)?;
    let tax = in_turn(
        &stage.options,
        async || free.rate(READERS.min(CONNECTIONS), length).await,
        async || bound.rate(READERS.min(CONNECTIONS), length).await,
    )
    .await?;
    let Read { what, target, .. } = read;
    let bare = "bare actix-web, the same rows by one statement";
    let of = format!("of {n_tickets} tickets");
    Ok(vec![
        Figure::over("P10", &format!("{what} {of}"), "1/s", bare, &kept, Load::rate).ratio_at_least(*target),
        Figure::spread("P10", &format!("{what} {of}, p99"), "ms", kept.spread(|load| load.quantile(0.99))),
        Figure::over(
            "P10",
            &format!("{what} {of}, SQL under row-level security"),
            "1/s",
            "the same without",
            &tax,
            |rate| *rate,
        )
        .ratio_at_least(0.9),
    ])
}

async fn readers(base: &str, person: Option<&Person>, paths: &[String]) -> Result<Vec<Reader>> {
    let mut readers = Vec::new();
    for nth in 0..READERS {
        let token = person.map(|person| person.token().context("a signed-in reader")).transpose()?;
        readers.push(Reader::open(base, token, paths, nth * paths.len() / READERS).await?);
    }
    Ok(readers)
}
