//! Inner loops compiled once for each instruction set and chosen where they run.

/// Makes functions out of loops that the compiler can vectorize: each is compiled for AVX-512,
/// for AVX2 and for the target's baseline, and a call takes the widest that the processor has.
macro_rules! vectorize {
    ($($(#[$meta:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block)*) => {$(
        $(#[$meta])*
        #[expect(clippy::allow_attributes, reason = "not every loop has many arguments")]
        #[allow(clippy::too_many_arguments, reason = "loops over many planes")]
        $visibility fn $name($($argument: $type),*) {
            #[inline(always)]
            fn portable($($argument: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512($($argument: $type),*) {
                    portable($($argument),*)
                }

                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $type),*) {
                    portable($($argument),*)
                }

                if is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                {
                    #[expect(unsafe_code, reason = "the processor has just said that it can")]
                    return unsafe { avx512($($argument),*) };
                }
                if is_x86_feature_detected!("avx2") {
                    #[expect(unsafe_code, reason = "the processor has just said that it can")]
                    return unsafe { avx2($($argument),*) };
                }
            }
            portable($($argument),*)
        }
    )*};
}

pub(super) use vectorize;
