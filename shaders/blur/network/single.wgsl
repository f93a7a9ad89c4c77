// Tensors in full floats.

alias Stored = vec4<f32>;
