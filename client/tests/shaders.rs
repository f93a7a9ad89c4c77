//! Every WGSL file is valid.

use naga::valid::{Capabilities, ValidationFlags, Validator};

#[test]
fn every_shader_passes_validation() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shaders");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("shaders") {
        let path = entry.expect("entry").path();
        let source = std::fs::read_to_string(&path).expect("readable");
        let module = naga::front::wgsl::parse_str(&source)
            .unwrap_or_else(|e| panic!("{}: {}", path.display(), e.emit_to_string(&source)));
        Validator::new(ValidationFlags::all(), Capabilities::empty())
            .validate(&module)
            .unwrap_or_else(|e| panic!("{}: {}", path.display(), e.emit_to_string(&source)));
        seen += 1;
    }
    assert!(seen > 0);
}
