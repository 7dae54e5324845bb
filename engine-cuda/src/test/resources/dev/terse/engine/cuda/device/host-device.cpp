// Behind the kernels: what HostDevice calls. TABLE is the list of the kernels, each as ENTRY(name).

template <typename... Parameters, size_t... I>
static void call(void (*kernel)(Parameters...), const jlong* slots, std::index_sequence<I...>) {
  kernel(*(const Parameters*) (slots + I)...);
}

template <typename... Parameters> static std::function<void(const jlong*)> runner(void (*kernel)(Parameters...)) {
  return [kernel](const jlong* slots) { call(kernel, slots, std::index_sequence_for<Parameters...>{}); };
}

#define ENTRY(name) {#name, runner(name)},
static const std::map<std::string, std::function<void(const jlong*)>> kernels = {TABLE};

extern "C" JNIEXPORT void JNICALL Java_dev_terse_engine_cuda_device_HostDevice_launch(
    JNIEnv* env, jclass, jstring name, jint blocksX, jint blocksY, jlongArray slots) {
  const char* text = env->GetStringUTFChars(name, nullptr);
  auto found = kernels.find(text);
  env->ReleaseStringUTFChars(name, text);
  if (found == kernels.end()) {
    env->ThrowNew(env->FindClass("java/lang/IllegalArgumentException"), "no such kernel");
    return;
  }
  jlong* values = env->GetLongArrayElements(slots, nullptr);
  gridDim = {(unsigned) blocksX, (unsigned) blocksY, 1};
  for (int y = 0; y < blocksY; y++) {
    for (int x = 0; x < blocksX; x++) {
      blockIdx = {(unsigned) x, (unsigned) y, 0};
      found->second(values);
    }
  }
  env->ReleaseLongArrayElements(slots, values, JNI_ABORT);
}

// Number `at` of an operand; type 0 is float32, 1 bfloat16 (NumberType).
static float numberAt(jlong address, jlong at, int type) {
  if (type == 1) {
    union { unsigned bits; float number; } both;
    both.bits = (unsigned) ((const unsigned short*) address)[at] << 16;
    return both.number;
  }
  return ((const float*) address)[at];
}

extern "C" JNIEXPORT void JNICALL Java_dev_terse_engine_cuda_device_HostDevice_multiply(
    JNIEnv*, jclass, jint count, jint rows, jint columns, jint depth,
    jlong a, jlong aRow, jlong aColumn, jlong aStep, jlong b, jlong bRow, jlong bColumn, jlong bStep,
    jlong c, jlong cRow, jlong cStep, jfloat alpha, jfloat beta, jint type) {
  for (int p = 0; p < count; p++) {
    float* z = (float*) c + p * cStep;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        float sum = 0;
        for (int k = 0; k < depth; k++) {
          float left = numberAt(a, p * aStep + i * aRow + k * aColumn, type);
          sum += left * numberAt(b, p * bStep + k * bRow + j * bColumn, type);
        }
        float* to = z + i * cRow + j;
        *to = beta == 0 ? alpha * sum : alpha * sum + beta * *to;
      }
    }
  }
}
