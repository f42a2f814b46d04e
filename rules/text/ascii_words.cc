#include "rules/text/ascii_words.h"

namespace wirewatch {

std::span<const AsciiKernel> AsciiKernels() {
  static constexpr AsciiKernel kKernels[] = {
#ifdef WIREWATCH_AVX2
      {"avx2", FoldAsciiWordsAvx2},
#endif
      {"portable", FoldAsciiWordsPortable},
  };
  std::span<const AsciiKernel> kernels(kKernels);
#ifdef WIREWATCH_AVX2
  static const bool runs_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                                __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("lzcnt");
  if (!runs_avx2) kernels = kernels.subspan(1);
#endif
  return kernels;
}

}  // namespace wirewatch
