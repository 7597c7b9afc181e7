//! The Unity package: each file has the `.meta` file that Unity needs where it may not write one itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A library that Runtime/Plugins/README.md names, and who loads it.
struct Plugin {
    path: &'static str,
    /// The player, in the words of Unity's PluginImporter.
    target: &'static str,
    /// The system whose editor loads it, too.
    editor: Option<&'static str>,
    processor: &'static str,
}

const PLUGINS: [Plugin; 5] = [
    Plugin {
        path: "Runtime/Plugins/x86_64/libvoicewire.so",
        target: "Standalone: Linux64",
        editor: Some("Linux"),
        processor: "x86_64",
    },
    Plugin {
        path: "Runtime/Plugins/x86_64/voicewire.dll",
        target: "Standalone: Win64",
        editor: Some("Windows"),
        processor: "x86_64",
    },
    Plugin {
        path: "Runtime/Plugins/macOS/libvoicewire.dylib",
        target: "Standalone: OSXUniversal",
        editor: Some("OSX"),
        processor: "AnyCPU",
    },
    Plugin {
        path: "Runtime/Plugins/Android/arm64-v8a/libvoicewire.so",
        target: "Android: Android",
        editor: None,
        processor: "ARM64",
    },
    Plugin {
        path: "Runtime/Plugins/iOS/libvoicewire.a",
        target: "iPhone: iOS",
        editor: None,
        processor: "AnyCPU",
    },
];

/// The name in the package of everything that Unity imports, and the text of its `.meta` file.
pub fn metas(package: &Path) -> BTreeMap<String, String> {
    let mut assets = Vec::new();
    collect(package, Path::new(""), &mut assets);
    for plugin in &PLUGINS {
        let path = Path::new(plugin.path);
        assets.extend(
            path.ancestors()
                .filter(|one| one.components().count() > 2)
                .map(PathBuf::from),
        );
    }
    let name = |asset: &PathBuf| asset.to_string_lossy().replace('\\', "/");
    assets
        .iter()
        .map(|asset| {
            (
                format!("{}.meta", name(asset)),
                meta(&name(asset), &package.join(asset)),
            )
        })
        .collect()
}

/// What is below `folder`, but for what Unity passes over: hidden files, and folders that end in a tilde.
fn collect(package: &Path, folder: &Path, assets: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(package.join(folder)).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with('~') || name.ends_with(".meta") {
            continue;
        }
        let asset = folder.join(&name);
        if entry.path().is_dir() {
            collect(package, &asset, assets);
        }
        assets.push(asset);
    }
}

fn meta(name: &str, path: &Path) -> String {
    let head = format!("fileFormatVersion: 2\nguid: {}\n", guid(name));
    let tail = "  externalObjects: {}\n  userData: \n  assetBundleName: \n  assetBundleVariant: \n";
    if let Some(plugin) = PLUGINS.iter().find(|plugin| plugin.path == name) {
        return head + &importer(plugin);
    }
    let is_folder = path.is_dir() || Path::new(name).extension().is_none() && !path.exists();
    if is_folder {
        return format!("{head}folderAsset: yes\nDefaultImporter:\n{tail}");
    }
    match Path::new(name).extension().and_then(|ending| ending.to_str()) {
        Some("cs") => format!(
            "{head}MonoImporter:\n  externalObjects: {{}}\n  serializedVersion: 2\n  defaultReferences: []\n  executionOrder: 0\n  \
             icon: {{instanceID: 0}}\n  userData: \n  assetBundleName: \n  assetBundleVariant: \n"
        ),
        Some("asmdef") => format!("{head}AssemblyDefinitionImporter:\n{tail}"),
        Some("json") => format!("{head}PackageManifestImporter:\n{tail}"),
        Some("md") => format!("{head}TextScriptImporter:\n{tail}"),
        _ => format!("{head}DefaultImporter:\n{tail}"),
    }
}

fn importer(plugin: &Plugin) -> String {
    let Plugin { target, processor, .. } = plugin;
    let editor = plugin.editor.map_or(String::new(), |system| {
        format!(
            "  - first:\n      Editor: Editor\n    second:\n      enabled: 1\n      settings:\n        CPU: {processor}\n        \
             DefaultValueInitialized: true\n        OS: {system}\n"
        )
    });
    format!(
        "PluginImporter:\n  externalObjects: {{}}\n  serializedVersion: 2\n  iconMap: {{}}\n  executionOrder: {{}}\n  \
         defineConstraints: []\n  isPreloaded: 0\n  isOverridable: 0\n  isExplicitlyReferenced: 0\n  validateReferences: 1\n  \
         platformData:\n  - first:\n      Any: \n    second:\n      enabled: 0\n      settings: {{}}\n{editor}  - first:\n      \
         {target}\n    second:\n      enabled: 1\n      settings:\n        CPU: {processor}\n  userData: \n  assetBundleName: \n  \
         assetBundleVariant: \n"
    )
}

/// The same for the same name for ever: scenes refer to scripts by it. 128 bits of FNV-1a.
fn guid(name: &str) -> String {
    let seed: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let hash = format!("io.voicewire.voicewire/{name}")
        .bytes()
        .fold(seed, |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b)
        });
    format!("{hash:032x}")
}
