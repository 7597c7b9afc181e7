//! voicewire as other people's builds find it: installed by CMake into a folder that is then moved, and used from there with
//! no Rust in sight.
//!
//! The libraries are those that are shipped: one release build, which all tests share and cargo keeps for the next run.

#![cfg(target_os = "linux")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use support::native::{ROOT, has, succeed};
use voicewire_sandbox::Sandbox;

/// What the shared library may take on disk, with TLS and all decoders: 3.5 MiB. See docs/architecture.md.
const SIZE_BUDGET: u64 = 7 * 1024 * 1024 / 2;

fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("packaging")
}

/// A folder that is empty.
fn fresh(name: &str) -> PathBuf {
    let path = scratch().join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a scratch folder");
    path
}

#[track_caller]
fn told(command: &mut Command) -> String {
    String::from_utf8(succeed(command).stdout).expect("UTF-8")
}

/// A command of a build that uses voicewire's sources: cargo's and the test's own settings are not its.
fn with_rust(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME" && name != "CARGO_BUILD_JOBS" {
            command.env_remove(name);
        }
    }
    for name in ["LD_LIBRARY_PATH", "RUSTFLAGS"] {
        command.env_remove(name);
    }
    command
}

/// A command for which cargo and rustc are not there: who calls them nevertheless fails.
fn without_rust(program: impl AsRef<std::ffi::OsStr>) -> Command {
    use std::os::unix::fs::PermissionsExt;
    static GUARD: OnceLock<PathBuf> = OnceLock::new();
    let guard = GUARD.get_or_init(|| {
        let guard = fresh("guard");
        for name in ["cargo", "rustc"] {
            let path = guard.join(name);
            std::fs::write(&path, "#!/bin/sh\necho there is no Rust here >&2\nexit 127\n").expect("written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
        }
        guard
    });
    let mut command = Command::new(program);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", guard.display()));
    for name in ["CARGO", "RUSTC", "CARGO_HOME", "RUSTUP_HOME", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command
}

/// Where cargo builds for all tests.
fn cargo_folder() -> String {
    format!("-DVOICEWIRE_TARGET_DIR={}", scratch().join("cargo").display())
}

/// Where it is installed; `None` without CMake.
fn installed() -> Option<&'static Path> {
    static INSTALLED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let prefix = INSTALLED.get_or_init(|| {
        if !has("cmake") {
            return None;
        }
        let (build, first, prefix) = (fresh("build"), fresh("first"), fresh("prefix"));
        succeed(
            with_rust("cmake")
                .arg("-S")
                .arg(ROOT)
                .arg("-B")
                .arg(&build)
                .arg(cargo_folder()),
        );
        succeed(with_rust("cmake").arg("--build").arg(&build));
        succeed(
            with_rust("cmake")
                .arg("--install")
                .arg(&build)
                .arg("--prefix")
                .arg(&first),
        );
        // Nothing that is installed may know where that was.
        std::fs::remove_dir(&prefix).expect("empty");
        std::fs::rename(&first, &prefix).expect("moved");
        std::fs::remove_dir_all(&build).expect("removed");
        Some(prefix)
    });
    prefix.as_deref()
}

/// Runs a program against a sandbox: it has to say that it spoke.
#[track_caller]
fn speaks(command: &mut Command) -> String {
    let sandbox = Sandbox::start(support::options()).expect("the sandbox starts");
    let said = told(
        command
            .env("DEEPDUB_API_KEY", sandbox.api_key())
            .env("DEEPDUB_BASE_URL", sandbox.deepdub_rest_url())
            .env("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url()),
    );
    assert!(!sandbox.generations().is_empty(), "the sandbox was asked: {said}");
    said
}

#[track_caller]
fn consumer_speaks(program: &Path) {
    let said = speaks(&mut without_rust(program));
    assert!(
        said.starts_with(&format!("voicewire {} spoke ", voicewire::VERSION)),
        "{said}"
    );
}

/// The shared libraries that a program asks for.
fn needed(program: &Path) -> String {
    told(Command::new("readelf").arg("-d").arg(program))
        .lines()
        .filter(|line| line.contains("(NEEDED)") || line.contains("(SONAME)"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Builds a project of tests/consumers from what is installed, and gives its folder.
fn built_from_install(name: &str, prefix: &Path) -> PathBuf {
    let build = fresh(name);
    succeed(
        without_rust("cmake")
            .arg("-S")
            .arg(format!("{ROOT}/tests/consumers/{name}"))
            .arg("-B")
            .arg(&build)
            .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display())),
    );
    succeed(without_rust("cmake").arg("--build").arg(&build));
    build
}

/// What is installed, and the sandbox, which is the one of this build.
fn installed_with_sandbox(prefix: &Path) -> PathBuf {
    let (build, both) = (fresh("sandbox_build"), fresh("with_sandbox"));
    let program = std::env::current_exe().expect("this program has a path");
    let target = program.ancestors().nth(3).expect("target/debug/deps/…");
    let profile = if program
        .ancestors()
        .nth(2)
        .is_some_and(|folder| folder.ends_with("release"))
    {
        "release"
    } else {
        "dev"
    };
    let mut configure = with_rust("cmake");
    configure.arg("-S").arg(ROOT).arg("-B").arg(&build);
    configure.args(["-DVOICEWIRE_SANDBOX=ON", &format!("-DVOICEWIRE_PROFILE={profile}")]);
    succeed(configure.arg(format!("-DVOICEWIRE_TARGET_DIR={}", target.display())));
    // The libraries are there.
    let mut make = with_rust("cmake");
    succeed(make.arg("--build").arg(&build).args(["--target", "voicewire_sandbox"]));
    succeed(Command::new("cp").arg("-R").arg(prefix.join(".")).arg(&both));
    let mut install = with_rust("cmake");
    install.arg("--install").arg(&build).arg("--prefix").arg(&both);
    succeed(install.args(["--component", "sandbox"]));
    both
}

/// Builds a project of tests/consumers that builds voicewire, too.
fn built_from_source(name: &str) -> PathBuf {
    let build = fresh(name);
    succeed(
        with_rust("cmake")
            .arg("-S")
            .arg(format!("{ROOT}/tests/consumers/{name}"))
            .arg("-B")
            .arg(&build)
            .arg(cargo_folder()),
    );
    succeed(with_rust("cmake").arg("--build").arg(&build));
    build
}

#[test]
fn what_is_installed_is_complete_and_knows_no_other_place() {
    let Some(prefix) = installed() else { return };
    for file in [
        "include/voicewire.h",
        "lib/libvoicewire.a",
        "lib/libvoicewire.so",
        "lib/cmake/voicewire/voicewireConfig.cmake",
        "lib/cmake/voicewire/voicewireConfigVersion.cmake",
        "lib/pkgconfig/voicewire.pc",
        "share/licenses/voicewire/LICENSE-MIT",
    ] {
        assert!(prefix.join(file).is_file(), "{file}");
    }
    for file in [
        "lib/cmake/voicewire/voicewireConfig.cmake",
        "lib/pkgconfig/voicewire.pc",
    ] {
        let text = std::fs::read_to_string(prefix.join(file)).expect("a text");
        assert!(!text.contains(ROOT) && !text.contains("packaging/"), "{file}:\n{text}");
    }
    // Found by version, as long as that is compatible.
    let config = prefix.join("lib/pkgconfig");
    let version = told(
        Command::new("pkg-config")
            .env("PKG_CONFIG_PATH", config)
            .args(["--modversion", "voicewire"]),
    );
    assert_eq!(version.trim(), voicewire::VERSION);
}

#[test]
fn folders_given_in_full_are_named_in_full() {
    if installed().is_none() || !has("pkg-config") {
        return;
    }
    let build = fresh("in_full");
    let mut configure = with_rust("cmake");
    configure.arg("-S").arg(ROOT).arg("-B").arg(&build).arg(cargo_folder());
    configure.args([
        "-DCMAKE_INSTALL_PREFIX=/opt/voicewire",
        "-DCMAKE_INSTALL_LIBDIR=/opt/libraries",
    ]);
    succeed(configure.arg("-DCMAKE_INSTALL_INCLUDEDIR=/opt/headers"));
    for (variable, expected) in [
        ("prefix", "/opt/voicewire"),
        ("libdir", "/opt/libraries"),
        ("includedir", "/opt/headers"),
    ] {
        let mut asking = Command::new("pkg-config");
        asking
            .env("PKG_CONFIG_PATH", &build)
            .arg(format!("--variable={variable}"));
        assert_eq!(told(asking.arg("voicewire")).trim(), expected, "{variable}");
    }
}

#[test]
fn the_shared_library_has_a_soname_by_its_version() {
    let Some(prefix) = installed() else { return };
    let major = env!("CARGO_PKG_VERSION_MAJOR");
    let library = prefix.join("lib/libvoicewire.so");
    let linked = std::fs::read_link(&library).expect("a link");
    assert_eq!(linked, Path::new(&format!("libvoicewire.so.{major}")));
    let linked = std::fs::read_link(prefix.join("lib").join(linked)).expect("a link");
    assert_eq!(linked, Path::new(&format!("libvoicewire.so.{}", voicewire::VERSION)));
    assert!(needed(&library).contains(&format!("soname: [libvoicewire.so.{major}]")));
}

#[test]
fn the_shared_library_exports_what_the_header_declares_and_nothing_else() {
    let Some(prefix) = installed() else { return };
    let library = prefix.join("lib/libvoicewire.so");
    let text = told(Command::new("nm").args(["-D", "--defined-only"]).arg(library));
    let mut exported: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().last()).collect();
    exported.sort_unstable();
    let mut declared: Vec<&str> = support::header::prototypes()
        .iter()
        .map(|function| function.name)
        .collect();
    declared.sort_unstable();
    assert_eq!(exported, declared);
}

#[test]
fn the_shared_library_keeps_to_its_size_budget() {
    let Some(prefix) = installed() else { return };
    let size = std::fs::metadata(prefix.join("lib/libvoicewire.so"))
        .expect("it is there")
        .len();
    eprintln!("libvoicewire.so: {size} bytes of {SIZE_BUDGET}");
    assert!(
        size <= SIZE_BUDGET,
        "{size} bytes: see packaging in docs/architecture.md"
    );
}

#[test]
fn the_shared_library_does_not_say_where_it_was_built() {
    let Some(prefix) = installed() else { return };
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let home = home.expect("cargo has a home").display().to_string();
    let library = std::fs::read(prefix.join("lib/libvoicewire.so")).expect("it is there");
    for place in [ROOT, &home] {
        let found = library.windows(place.len()).position(|bytes| bytes == place.as_bytes());
        let text = found.map(|at| String::from_utf8_lossy(&library[at..library.len().min(at + 100)]));
        assert_eq!(text, None, "it names {place}");
    }
}

#[test]
fn a_project_finds_the_shared_library() {
    let Some(prefix) = installed() else { return };
    let program = built_from_install("find_package_shared", prefix).join("consumer");
    assert!(needed(&program).contains("libvoicewire.so.0"), "{}", needed(&program));
    consumer_speaks(&program);
}

#[test]
fn a_project_finds_the_static_library_with_what_it_needs() {
    let Some(prefix) = installed() else { return };
    let program = built_from_install("find_package_static", prefix).join("consumer");
    assert!(!needed(&program).contains("libvoicewire"), "{}", needed(&program));
    consumer_speaks(&program);
}

#[test]
fn a_project_finds_the_versions_that_will_do_for_it_alone() {
    if let Some(prefix) = installed() {
        built_from_install("versions", prefix);
    }
}

#[test]
fn pkg_config_tells_a_makefile_how() {
    let Some(prefix) = installed() else { return };
    if !has("pkg-config") || !has("make") {
        return;
    }
    let folder = fresh("pkg_config");
    let packages = prefix.join("lib/pkgconfig");
    succeed(
        without_rust("make")
            .args(["-C", &format!("{ROOT}/tests/consumers/pkg_config")])
            .arg(format!("OUT={}", folder.display()))
            .env("PKG_CONFIG_PATH", &packages),
    );
    let program = folder.join("consumer");
    assert!(needed(&program).contains("libvoicewire.so.0"), "{}", needed(&program));
    let said = speaks(without_rust(&program).env("LD_LIBRARY_PATH", prefix.join("lib")));
    assert!(said.contains(" spoke "), "{said}");

    // What the static library needs besides.
    let flags = told(
        without_rust("pkg-config")
            .args(["--static", "--libs", "voicewire"])
            .env("PKG_CONFIG_PATH", &packages),
    );
    let flags = flags.trim().replace("-lvoicewire", "-l:libvoicewire.a");
    let program = folder.join("static");
    let line = format!(
        "cc ../main.c ../speak.c -I{} {flags} -o {}",
        prefix.join("include").display(),
        program.display()
    );
    let sources = format!("{ROOT}/tests/consumers/pkg_config");
    succeed(without_rust("sh").arg("-c").arg(line).current_dir(sources));
    assert!(!needed(&program).contains("libvoicewire"), "{}", needed(&program));
    consumer_speaks(&program);
}

#[test]
fn pkg_config_needs_no_static_where_there_is_nothing_else() {
    let Some(prefix) = installed() else { return };
    if !has("pkg-config") || !has("make") {
        return;
    }
    let (build, only) = (fresh("static_only_build"), fresh("static_only"));
    let mut configure = with_rust("cmake");
    configure.arg("-S").arg(ROOT).arg("-B").arg(&build).arg(cargo_folder());
    succeed(configure.arg("-DVOICEWIRE_SHARED=OFF"));
    // As its install would leave it.
    std::fs::create_dir_all(only.join("lib/pkgconfig")).expect("a folder");
    for (from, to) in [
        (prefix.join("lib/libvoicewire.a"), "lib/libvoicewire.a"),
        (build.join("voicewire.pc"), "lib/pkgconfig/voicewire.pc"),
    ] {
        std::fs::copy(from, only.join(to)).expect("a copy");
    }
    succeed(Command::new("cp").arg("-R").arg(prefix.join("include")).arg(&only));
    succeed(
        without_rust("make")
            .args(["-C", &format!("{ROOT}/tests/consumers/pkg_config")])
            .arg(format!("OUT={}", only.display()))
            .env("PKG_CONFIG_PATH", only.join("lib/pkgconfig")),
    );
    consumer_speaks(&only.join("consumer"));
}

#[test]
fn the_readme_s_plain_line_builds_what_speaks() {
    let Some(prefix) = installed() else { return };
    let folder = fresh("plain");
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once("\n```c\n").expect("the README has a C program");
    std::fs::write(folder.join("hello.c"), rest.split_once("\n```").expect("it ends").0).expect("written");
    let line = readme
        .lines()
        .find(|line| line.starts_with("cc -std=c99 hello.c"))
        .expect("the README's command")
        .replace("-Iinclude", &format!("-I{}", prefix.join("include").display()))
        .replace(
            "target/release/libvoicewire.a",
            &prefix.join("lib/libvoicewire.a").display().to_string(),
        );
    succeed(without_rust("sh").arg("-c").arg(line).current_dir(&folder));
    speaks(without_rust("./hello").current_dir(&folder));
    let wav = std::fs::read(folder.join("hello.wav")).expect("a file");
    assert!(voicewire::audio::wav::parse(&wav).is_some_and(|info| info.data_size + 44 == wav.len()));
}

#[test]
fn a_project_has_the_sources_as_a_subdirectory() {
    if installed().is_some() {
        consumer_speaks(&built_from_source("add_subdirectory").join("consumer"));
    }
}

#[test]
fn a_project_fetches_the_sources() {
    if installed().is_some() {
        consumer_speaks(&built_from_source("fetch_content").join("consumer"));
    }
}

#[test]
fn a_project_tests_with_the_sandbox() {
    let Some(prefix) = installed() else { return };
    let both = installed_with_sandbox(prefix);
    let build = built_from_install("sandbox", &both);
    let mut testing = without_rust("ctest");
    let told = told(testing.arg("--verbose").current_dir(&build));
    assert!(told.contains(" spoke ") && told.contains("100% tests passed"), "{told}");
    // Where it was not installed a project that wants it is told so.
    let without = without_rust("cmake")
        .arg("-S")
        .arg(format!("{ROOT}/tests/consumers/sandbox"))
        .arg("-B")
        .arg(fresh("without_sandbox"))
        .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()))
        .output()
        .expect("it runs");
    assert!(!without.status.success());
}

#[test]
fn two_copies_live_in_one_process() {
    let Some(prefix) = installed() else { return };
    let build = built_from_install("two_copies", prefix);
    let plugin = build.join("libplugin.so");
    assert!(needed(&plugin).contains("libvoicewire.so.0"), "{}", needed(&plugin));
    let said = speaks(without_rust(build.join("consumer")).arg(plugin));
    assert!(said.contains("a foreign handle is VW_ERR_INVALID_ARGUMENT"), "{said}");
}
