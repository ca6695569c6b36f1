//! Lists of tickets, and the numbers above them.

use serde_json::{Value, json};
use shepherd_tests::people::{Person, hire};
use shepherd_tests::{Client, World};

/// Requests of `who`, each for a Service of its own, oldest first.
async fn submit_many(world: &World, who: &Person, number: usize) -> anyhow::Result<Vec<String>> {
    let mut tickets = Vec::new();
    for nth in 0..number {
        let service = json!({"system_id": world.system, "name": format!("many-{nth}")});
        let service = world.requester.post("/services", &service).await?.expect(201)?;
        let mut body = world.request();
        body["service_id"] = service["id"].clone();
        body["reason"] = json!(format!("reason {nth}"));
        let made = who.post("/tickets", &body).await?.expect(202)?;
        tickets.push(made["id"].as_str().unwrap_or_default().to_owned());
    }
    Ok(tickets)
}

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().into_iter().flatten();
    items.map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Ids of all pages of two.
async fn walk(who: &Client, query: &str) -> anyhow::Result<Vec<String>> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = who.get(&format!("/tickets?per_page=2{query}{cursor}")).await?.expect(200)?;
        all.extend(ids(&page));
        let Some(next) = page["pagination"]["next_cursor"].as_str() else { return Ok(all) };
        cursor = format!("&cursor={next}");
    }
}

fn action<'a>(row: &'a Value, name: &str) -> &'a Value {
    let actions = row["allowed_actions"].as_array().into_iter().flatten();
    actions.into_iter().find(|action| action["action"] == name).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn each_order_is_walked_without_a_gap_or_a_repetition() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let tickets = submit_many(&world, &world.requester, 5).await?;
    // Deadlines stand still after submission; past the trigger they are spread, two of them alike.
    let sql = world.sql().await?;
    sql.batch_execute("set session_replication_role = replica").await?;
    for (ticket, hours) in tickets.iter().zip([50, 20, 30, 20, 10]) {
        let spread = "update approval_requests set expires_at = date_trunc('hour', now()) + make_interval(hours => $2) \
                      where ticket_id = $1::text::uuid";
        assert_eq!(sql.execute(spread, &[ticket, &hours]).await?, 1);
    }
    let order = |places: [usize; 5]| places.map(|place| tickets[place].clone()).to_vec();
    assert_eq!(walk(&world.approver, "").await?, order([4, 3, 2, 1, 0]));
    assert_eq!(walk(&world.approver, "&sort=-created_at").await?, order([4, 3, 2, 1, 0]));
    assert_eq!(walk(&world.approver, "&sort=created_at").await?, order([0, 1, 2, 3, 4]));
    let by_deadline = order([4, 1, 3, 2, 0]);
    for query in ["&sort=deadline_at&state=PENDING", "&sort=deadline_at&decidable=true"] {
        assert_eq!(walk(&world.approver, query).await?, by_deadline, "{query}");
    }
    world.approver.post(&format!("/tickets/{}/reject", tickets[1]), &json!({"reason": "no"})).await?.expect(200)?;
    let waiting: Vec<_> = by_deadline.iter().filter(|id| **id != tickets[1]).cloned().collect();
    assert_eq!(walk(&world.approver, "&sort=deadline_at&state=PENDING").await?, waiting);
    assert_eq!(walk(&world.approver, "&sort=deadline_at&decidable=true").await?, waiting);
    Ok(())
}

#[tokio::test]
async fn an_inbox_holds_what_can_be_decided_and_says_why_own_requests_cannot() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let both = hire(&world.admin, &world.anonymous, "olga", &["Operator", "Approver"]).await?;
    let own = submit_many(&world, &both, 1).await?.remove(0);
    let other = world.submit().await?;
    let inbox = both.get("/tickets?decidable=true&sort=created_at").await?.expect(200)?;
    assert_eq!(ids(&inbox), [own.clone(), other.clone()]);
    assert_eq!(inbox["pagination"]["total"], 2);
    let (mine, theirs) = (&inbox["items"][0], &inbox["items"][1]);
    assert_eq!(
        action(mine, "approve"),
        &json!({"action": "approve", "allowed": false, "reason": "TWO_PERSON_INTEGRITY"})
    );
    assert_eq!(action(mine, "cancel")["allowed"], true);
    assert_eq!(action(theirs, "approve")["allowed"], true);
    assert_eq!(theirs["names"]["requester"], "rita");
    assert_eq!(theirs["names"]["system"], "shop");
    assert_eq!(theirs["names"]["instance_size"], "small");
    assert_eq!(theirs["names"]["environment"], "test");
    // Its template boots from an image, which brings its own disk.
    assert_eq!(theirs["size"], json!({"cpu_cores": 1, "memory_mib": 1024, "disk_gib": null}));
    assert_eq!((&theirs["age_tier"], &theirs["decided_at"]), (&json!("CALM"), &Value::Null));
    assert!(theirs["deadline_at"].as_str() > theirs["created_at"].as_str(), "{theirs}");
    // Who decides nowhere has an empty inbox, though their own requests are open to them.
    let nothing = world.requester.get("/tickets?decidable=true").await?.expect(200)?;
    assert_eq!((ids(&nothing).len(), &nothing["pagination"]["total"]), (0, &json!(0)));
    assert_eq!(ids(&world.requester.get("/tickets").await?.expect(200)?), [other]);
    Ok(())
}

#[tokio::test]
async fn text_is_found_in_names_and_reasons_and_taken_as_it_is() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    submit_many(&world, &world.requester, 3).await?;
    let found = async |query: &str| anyhow::Ok(ids(&world.approver.get(query).await?.expect(200)?).len());
    for (query, number) in [
        ("/tickets?q=REASON%201", 1),
        ("/tickets?q=many-2", 1),
        ("/tickets?q=RITA", 3),
        ("/tickets?q=%25", 0),
        ("/tickets?q=_", 0),
        ("/tickets?q=%5C", 0),
        ("/tickets?q=%20", 3),
        ("/tickets?q=%F0%9F%90%91", 0),
    ] {
        assert_eq!(found(query).await?, number, "{query}");
    }
    let next = world.approver.get("/tickets?per_page=1").await?.expect(200)?;
    let cursor = next["pagination"]["next_cursor"].as_str().unwrap_or_default().to_owned();
    for (query, parameter) in [
        (format!("q={}", "a".repeat(201)), "q"),
        ("sort=reason".to_owned(), "sort"),
        ("sort=".to_owned(), "sort"),
        ("sort=deadline_at".to_owned(), "sort"),
        ("sort=deadline_at&state=PENDING,EXECUTING".to_owned(), "sort"),
        ("cursor=AAAA".to_owned(), "cursor"),
        (format!("state=PENDING&sort=deadline_at&cursor={cursor}"), "cursor"),
        (format!("state=PENDING&sort=deadline_at&cursor=f{}", "_".repeat(31)), "cursor"),
    ] {
        let params = world.approver.get(&format!("/tickets?{query}")).await?.problem(400, "INVALID_QUERY")?;
        assert_eq!(params["parameter"], parameter, "{query}");
    }
    world.approver.get("/tickets?decidable=perhaps").await?.problem(400, "INVALID_QUERY")?;
    Ok(())
}

#[tokio::test]
async fn a_vm_leads_to_its_request_and_the_request_to_its_run() -> anyhow::Result<()> {
    let world = World::with(&[("SHEPHERD_TEMPORAL_UI_URL", "http://temporal.example/ui/".to_owned())]).await?;
    let ticket = world.submit().await?;
    let view = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
    assert_eq!(view["approvers"], json!({"names": ["anton", "berta"], "total": 2}));
    assert_eq!(
        view["temporal_ui_url"],
        format!("http://temporal.example/ui/namespaces/shepherd/workflows/ticket-{ticket}")
    );
    world.approve(&ticket).await?;
    let view = world.requester.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
    assert_eq!(view["approvers"], json!({"names": [], "total": 0}));
    let vm = view["vm_id"].as_str().unwrap_or_default().to_owned();
    let list = world.requester.get(&format!("/tickets?vm_id={vm}")).await?.expect(200)?;
    assert_eq!(ids(&list), [ticket]);
    let row = &list["items"][0];
    assert_eq!((&row["names"]["decided_by"], &row["names"]["cluster"]), (&json!("anton"), &json!("local")));
    assert!(row["decided_at"].is_string() && row["age_tier"].is_null(), "{row}");
    let none = world.requester.get(&format!("/tickets?vm_id={}", world.system)).await?.expect(200)?;
    assert_eq!(ids(&none).len(), 0);
    Ok(())
}

#[tokio::test]
async fn the_strip_counts_what_waits_for_each_person() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let tickets = submit_many(&world, &world.requester, 4).await?;
    let sql = world.sql().await?;
    sql.batch_execute("set session_replication_role = replica").await?;
    for (ticket, days) in tickets.iter().zip([0, 5, 9]) {
        let older = "update tickets set created_at = now() - make_interval(days => $2) where id = $1::text::uuid";
        assert_eq!(sql.execute(older, &[ticket, &days]).await?, 1);
    }
    let soon = "update approval_requests set expires_at = now() + interval '1 hour' where ticket_id = $1::text::uuid";
    sql.execute(soon, &[&tickets[2]]).await?;
    world.approver.post(&format!("/tickets/{}/reject", tickets[3]), &json!({"reason": "no"})).await?.expect(200)?;
    let strip = world.approver.get("/tickets/summary").await?.expect(200)?;
    assert_eq!(strip["waiting_for_me"], 3);
    assert_eq!(strip["age_tiers"], json!({"calm": 1, "old": 1, "overdue": 1}));
    assert_eq!((&strip["expiring_in_4h"], &strip["mine_pending"]), (&json!(1), &json!(0)));
    assert_eq!((&strip["decided_this_week"], &strip["median_seconds_to_decision"]), (&json!(1), &json!(0)));
    let count = |name: &str| -> Vec<i64> {
        strip[name].as_array().into_iter().flatten().filter_map(|bucket| bucket["count"].as_i64()).collect()
    };
    assert_eq!(count("age_histogram"), [1, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    assert_eq!(count("decision_histogram"), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(strip["age_histogram"][9]["le_seconds"], Value::Null);
    let mine = world.requester.get("/tickets/summary").await?.expect(200)?;
    assert_eq!((&mine["waiting_for_me"], &mine["mine_pending"]), (&json!(0), &json!(3)));
    assert_eq!(mine["decided_this_week"], 1);
    let nora = hire(&world.admin, &world.anonymous, "nora", &[]).await?;
    let nothing = nora.get("/tickets/summary").await?.expect(200)?;
    assert_eq!((&nothing["mine_pending"], &nothing["decided_this_week"]), (&json!(0), &json!(0)));
    Ok(())
}

#[tokio::test]
async fn an_account_that_hangs_on_the_requester_is_nobody_to_wait_for() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let maker = hire(&world.admin, &world.anonymous, "mara", &["SecurityAdmin", "Operator"]).await?;
    let puppet = hire(&maker, &world.anonymous, "pia", &["Approver"]).await?;
    let ticket = submit_many(&world, &maker, 1).await?.remove(0);
    let other = world.submit().await?;
    let view = maker.get(&format!("/tickets/{ticket}")).await?.expect(200)?;
    assert_eq!(view["approvers"], json!({"names": ["anton", "berta"], "total": 2}));
    let view = world.requester.get(&format!("/tickets/{other}")).await?.expect(200)?;
    assert_eq!(view["approvers"]["total"], 3);
    let inbox = puppet.get("/tickets?decidable=true&sort=created_at").await?.expect(200)?;
    assert_eq!(ids(&inbox), [ticket, other]);
    assert_eq!(action(&inbox["items"][0], "approve")["reason"], "TWO_PERSON_INTEGRITY");
    assert_eq!(action(&inbox["items"][1], "approve")["allowed"], true);
    assert_eq!(puppet.get("/tickets/summary").await?.expect(200)?["waiting_for_me"], 1);
    assert_eq!(world.approver.get("/tickets/summary").await?.expect(200)?["waiting_for_me"], 2);
    Ok(())
}
