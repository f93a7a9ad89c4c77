//! ONNX Runtime with the same network, on one thread.

use super::path;
use engine::blur::network::Model;
use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use std::path::PathBuf;
use std::sync::LazyLock;

/// A network in ONNX Runtime.
pub struct OnnxRuntime {
    session: Session,
    shape: [i64; 4],
}

fn network(model: Model) -> PathBuf {
    path(match model {
        Model::Landscape => "selfie_segmentation_landscape.onnx",
        Model::General => "selfie_segmentation.onnx",
    })
}

/// The library inside of the Python package.
fn library() -> Option<PathBuf> {
    let versions = std::fs::read_dir(path("venv/lib")).ok()?.flatten();
    let folders = versions.map(|version| version.path().join("site-packages/onnxruntime/capi"));
    let mut files = folders.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let named = |file: &std::fs::DirEntry| {
        file.file_name().to_str().is_some_and(|name| name.starts_with("libonnxruntime.so"))
    };
    files.find(named).map(|file| file.path())
}

/// There is one a process.
static ENVIRONMENT: LazyLock<anyhow::Result<Environment>> = LazyLock::new(|| {
    let library = library().ok_or_else(|| anyhow::anyhow!("its library is not there"))?;
    Ok(ort::init_from(library)?.build()?)
});

impl OnnxRuntime {
    /// Whether library and network are there.
    pub fn is_here(model: Model) -> bool {
        super::are_here() && network(model).is_file() && library().is_some()
    }

    /// Loads both; all of the runtime's own optimization.
    pub fn open(model: Model) -> anyhow::Result<OnnxRuntime> {
        let environment = ENVIRONMENT.as_ref().map_err(|why| anyhow::anyhow!("{why}"))?;
        let builder = Session::builder(environment)?;
        let refused = |option: &str| anyhow::anyhow!("it refuses {option}");
        let builder = builder.with_intra_threads(1).map_err(|_| refused("one thread"))?;
        let mut builder = builder
            .with_optimization_level(GraphOptimizationLevel::All)
            .map_err(|_| refused("to optimize"))?;
        let session = builder.commit_from_file(network(model))?;
        let (width, height) = model.size();
        Ok(OnnxRuntime { session, shape: [1, height as i64, width as i64, 3] })
    }

    /// Runs it and looks at its answer, one value a pixel.
    pub fn run<R>(&mut self, input: &[f32], look: impl FnOnce(&[f32]) -> R) -> anyhow::Result<R> {
        let input = TensorRef::from_array_view((self.shape, input))?;
        let outputs = self.session.run(ort::inputs![input])?;
        let (_, values) = outputs[0].try_extract_tensor::<f32>()?;
        Ok(look(values))
    }
}
