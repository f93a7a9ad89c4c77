//! What this machine has, for `katheder devices | encoders | gpus`.

use engine::capture::{camera, microphone};
use engine::codec::hardware;
use engine::gpu::{self, GpuInfo, GpuKind};

/// Cameras, microphones and loudspeakers.
pub fn devices() -> String {
    let cameras: Vec<String> = camera::list().into_iter().map(|camera| camera.name).collect();
    let sound = microphone::list();
    [("Cameras", cameras), ("Microphones", sound.inputs), ("Loudspeakers", sound.outputs)]
        .map(|(title, rows)| section(title, &rows))
        .concat()
}

/// Video encoders and which will be used.
pub fn encoders() -> String {
    let mut out = String::new();
    for encoder in hardware::encoders() {
        let kind = if encoder.hardware { "hardware" } else { "software" };
        let verdict = match (&encoder.problem, encoder.chosen) {
            (None, true) => "will be used".to_owned(),
            (None, false) => "usable".to_owned(),
            (Some(problem), _) => format!("not usable: {problem}"),
        };
        let codec = format!("{:?}", encoder.codec);
        out += &format!("{codec:<5} {:<16} {kind:<9} {verdict}\n", encoder.name);
    }
    out
}

/// Graphics adapters and which will be used.
pub fn gpus() -> String {
    let adapters = gpu::list();
    if adapters.is_empty() {
        return "No graphics adapter that wgpu can use.\n".to_owned();
    }
    let mut out = String::new();
    for (index, adapter) in adapters.iter().enumerate() {
        let compute = if adapter.compute { "compute" } else { "no compute: the CPU will be used" };
        let verdict = if index == 0 { ", will be used" } else { "" };
        let kind = match adapter.kind {
            GpuKind::Discrete => "discrete",
            GpuKind::Integrated => "integrated",
            GpuKind::Virtual => "virtual",
            GpuKind::Software => "software",
            GpuKind::Unknown => "unknown kind",
        };
        let GpuInfo { name, backend, .. } = adapter;
        out += &format!("{name} ({backend}, {kind}, {compute}{verdict})\n");
    }
    out
}

fn section(title: &str, rows: &[String]) -> String {
    let rows = if rows.is_empty() { &["none".to_owned()][..] } else { rows };
    format!("{title}:\n  {}\n", rows.join("\n  "))
}
