//! More requests than the database can answer.

use futures_util::future::join_all;
use shepherd_tests::World;
use shepherd_tests::database::Database;
use shepherd_tests::people::{PASSWORD, sign_in};
use shepherd_tests::wire::Wire;
use std::time::Duration;

/// Requests at once; one connection works, and eight more may wait for it.
const AT_ONCE: usize = 40;
const ANSWERS_TAKE: Duration = Duration::from_millis(100);

#[tokio::test]
async fn who_would_wait_too_long_is_told_at_once_to_come_back() -> anyhow::Result<()> {
    let database = Database::create().await?;
    let url = database.server_url()?;
    let wire = Wire::start(&url).await?;
    let settings = [("DATABASE_URL", wire.through(&url)?), ("SHEPHERD_DATABASE_CONNECTIONS", "1".to_owned())];
    let world = World::on(database, &settings).await?;
    wire.hold_answers(ANSWERS_TAKE);
    let callers: Vec<_> = (0..AT_ONCE).map(|_| world.requester.on_its_own_connection()).collect();
    let answers = join_all(callers.iter().map(async |caller| caller.get("/systems").await));
    // In the middle of it: the process is alive, and who signs in waits like everybody before.
    let live = async {
        let live = reqwest::get(format!("{}/health/live", world.anonymous.base())).await?;
        anyhow::Ok(live.status().as_u16())
    };
    let signed_in = sign_in(&world.anonymous, "rita", PASSWORD);
    let (answers, live, signed_in) = futures_util::join!(answers, live, signed_in);
    assert_eq!(live?, 200);
    signed_in?;
    let (mut n_good, mut n_turned_away) = (0, 0);
    for answer in answers {
        let answer = answer?;
        match answer.status.as_u16() {
            200 => n_good += 1,
            _ => {
                let seconds = answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                assert_eq!(seconds, Some(1));
                assert!(answer.headers.contains_key("x-request-id"));
                answer.problem(429, "RATE_LIMIT_EXCEEDED")?;
                n_turned_away += 1;
            }
        }
    }
    assert!(n_good >= 9 && n_turned_away >= 9, "{n_good} answered, {n_turned_away} turned away");
    wire.hold_answers(Duration::ZERO);
    world.requester.get("/systems").await?.expect(200)?;
    Ok(())
}
