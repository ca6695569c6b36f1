//! What members of bodies may hold.

use reqwest::Method;
use serde_json::json;
use shepherd_tests::World;
use shepherd_tests::contract::{members, operations, takes};

use super::bodies::{Calls, call};
use super::input::everything;

/// Members that people read: one line each.
const LINES: [&str; 3] = ["display_name", "os_family", "os_version"];
/// Members that people read, of many lines.
const TEXTS: [&str; 2] = ["description", "reason"];

#[tokio::test]
async fn text_that_does_not_read_as_it_is_stored_is_refused() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let calls = Calls::of(&world).await?;
    let olga = everything(&world).await?;
    let hidden = ["\u{202e}gnp", "a\u{1}b", "a\u{7f}", "\u{feff}x", "a\r\nX: y", "a\u{2066}b", "a\u{200b}b"];
    let mut walked = 0;
    // Set-up is over, which is said first.
    for operation in operations()?.iter().filter(|operation| operation.id != "setup_complete") {
        for name in members(operation)? {
            let line = LINES.contains(&name.as_str());
            if !line && !TEXTS.contains(&name.as_str()) {
                continue;
            }
            let of_a_line = ["two\nlines", "a\tb", "a\u{200d}b"];
            let texts = hidden.iter().chain(if line { &of_a_line[..] } else { &[] });
            for text in texts {
                let mut body = calls.body(&operation.id).unwrap_or_default();
                body[&name] = json!(text);
                let answer = call(&olga, operation, &calls.id(operation), Some(body)).await?;
                let found = (answer.status.as_u16(), &answer.body["errors"][0]);
                let (pointer, code) = (&found.1["pointer"], &found.1["code"]);
                let expected = (422, &json!(format!("/{name}")), &json!("CHARACTERS"));
                assert_eq!((found.0, pointer, code), expected, "{} {name} {text:?}: {}", operation.id, answer.body);
            }
            walked += 1;
        }
    }
    assert!(walked > 15, "only {walked} members are read by people");
    let described = json!({"description": "two\nlines\tand \u{6cc}\u{200c}\u{6cc}"});
    let path = format!("/systems/{}", world.system);
    assert_eq!(world.requester.patch(&path, &described).await?.expect(200)?["description"], described["description"]);
    Ok(())
}

#[tokio::test]
async fn null_is_refused_where_the_contract_has_none() -> anyhow::Result<()> {
    let world = World::without_worker(&[]).await?;
    let calls = Calls::of(&world).await?;
    let olga = everything(&world).await?;
    let mut wrong = Vec::new();
    for operation in operations()?.iter().filter(|operation| operation.method == Method::PATCH) {
        for name in members(operation)? {
            let body = json!({(name.clone()): null});
            let taken = takes(operation, &body)?;
            let answer = call(&olga, operation, &calls.id(operation), Some(body)).await?;
            let problem = (&answer.body["errors"][0]["pointer"], &answer.body["errors"][0]["code"]);
            let told = problem == (&json!(format!("/{name}")), &json!("TYPE"));
            let status = answer.status.as_u16();
            // An active template is frozen, which is no matter of its members.
            let right = if taken { [200, 409].contains(&status) } else { status == 422 && told };
            if !right {
                wrong.push(format!("{} {name}, in the contract {taken}: {status} {}", operation.id, answer.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
