//! A release carries the console, so it must have been built.

use std::path::Path;

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=../web/dist");
    // Set by `cargo xtask fuzz`.
    println!("cargo::rustc-check-cfg=cfg(fuzzing)");
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if release && !Path::new("../web/dist/index.html").exists() {
        return Err("the console is not built: run `cargo xtask console` first".to_owned());
    }
    Ok(())
}
