//! Every WGSL file is valid: by itself, or in each program that it is joined into.

use engine::blur::gpu::shaders;
use naga::valid::{Capabilities, ValidationFlags, Validator};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shaders");

fn validate(name: &str, source: &str) {
    let module = naga::front::wgsl::parse_str(source)
        .unwrap_or_else(|e| panic!("{name}: {}", e.emit_to_string(source)));
    let halves = source.lines().any(|line| line == "enable f16;");
    let capabilities = if halves { Capabilities::SHADER_FLOAT16 } else { Capabilities::empty() };
    Validator::new(ValidationFlags::all(), capabilities)
        .validate(&module)
        .unwrap_or_else(|e| panic!("{name}: {}", e.emit_to_string(source)));
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("shaders") {
        let path = entry.expect("entry").path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

#[test]
fn every_shader_passes_validation() {
    let mut joined = HashSet::new();
    for shader in shaders::all() {
        let names: Vec<&str> = shader.files.iter().map(|(name, _)| *name).collect();
        validate(&names.join(" + "), &shader.source());
        joined.extend(names);
    }
    let mut files = Vec::new();
    files_below(Path::new(FOLDER), &mut files);
    assert!(!files.is_empty());
    for path in files {
        let name = path.strip_prefix(FOLDER).expect("below").to_str().expect("UTF-8");
        if !joined.contains(name) {
            validate(name, &std::fs::read_to_string(&path).expect("readable"));
        }
    }
}
