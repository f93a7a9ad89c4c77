// Tensors in half floats; sums stay in full ones.
enable f16;

alias Stored = vec4<f16>;
