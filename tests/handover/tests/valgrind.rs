//! What helgrind and drd say of the hand-over.

use std::process::Command;

#[track_caller]
fn finds_nothing(tool: &str) {
    let program = env!("CARGO_BIN_EXE_voicewire-handover");
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("valgrind is not installed: this test is left out");
        return;
    }
    let output = Command::new("valgrind")
        .args([&format!("--tool={tool}"), "--quiet", "--error-exitcode=99"])
        // So that one thread does not always finish before the next begins.
        .arg("--fair-sched=try")
        .arg(program)
        .output()
        .expect("valgrind runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{told}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "50 rounds\n");
}

#[test]
fn helgrind_finds_no_race_and_no_wrong_order_of_locks() {
    finds_nothing("helgrind");
}

#[test]
fn drd_finds_no_race() {
    finds_nothing("drd");
}
