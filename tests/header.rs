//! The committed header is what the C interface's source makes.

use std::path::{Path, PathBuf};

#[test]
fn header_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = root.join("include/voicewire.h");
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    // In the order in which the header is read.
    let sources = [
        "status",
        "input",
        "log",
        "cancel",
        "json",
        "json_build",
        "audio_file",
        "decoder",
        "audio_bytes",
        "deepdub_client",
        "deepdub_tts",
        "deepdub_post_tts",
        "deepdub_voices",
        "deepdub_gender",
        "deepdub_usage",
        "player",
        "track",
        "session",
        "deepdub_session",
        "deepdub_line",
        "deepdub_line_stream",
        "deepdub_text",
        "deepdub_issues",
        "deepdub_report",
        "deepdub_outbox",
        "http_config",
        "transfer",
        "upload",
        "endpoint",
        "respeecher",
        "respeecher_transfers",
        "respeecher_flow",
        "palabra",
        "palabra_clone",
    ];
    let builder = sources
        .iter()
        .fold(cbindgen::Builder::new().with_config(config), |builder, name| {
            builder.with_src(PathBuf::from(format!("{}/src/capi/{name}.rs", root.display())))
        });
    let mut made = Vec::new();
    builder.generate().expect("the C interface parses").write(&mut made);
    let made = String::from_utf8(made).expect("UTF-8");

    if std::env::var_os("VOICEWIRE_BLESS").is_some() {
        std::fs::write(&committed, &made).expect("include/ is writable");
    }
    let present = std::fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        present == made,
        "include/voicewire.h is stale: run `VOICEWIRE_BLESS=1 cargo test --test header` and commit it"
    );
}
