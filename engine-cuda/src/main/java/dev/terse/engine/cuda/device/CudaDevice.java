package dev.terse.engine.cuda.device;

import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_GEMM_DEFAULT;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_T;
import static org.bytedeco.cuda.global.cublas.cublasCreate_v2;
import static org.bytedeco.cuda.global.cublas.cublasDestroy_v2;
import static org.bytedeco.cuda.global.cublas.cublasGemmStridedBatchedEx;
import static org.bytedeco.cuda.global.cublas.cublasGetStatusString;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;
import static org.bytedeco.cuda.global.cudart.cuDeviceGetName;
import static org.bytedeco.cuda.global.cudart.cuLaunchKernel;
import static org.bytedeco.cuda.global.cudart.cuModuleGetFunction;
import static org.bytedeco.cuda.global.cudart.cuModuleLoadData;
import static org.bytedeco.cuda.global.cudart.cuModuleUnload;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMajor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMinor;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetDefaultMemPool;
import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaFreeAsync;
import static org.bytedeco.cuda.global.cudart.cudaFreeHost;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaMallocAsync;
import static org.bytedeco.cuda.global.cudart.cudaMallocHost;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaMemPoolAttrReleaseThreshold;
import static org.bytedeco.cuda.global.cudart.cudaMemPoolAttrReservedMemCurrent;
import static org.bytedeco.cuda.global.cudart.cudaMemPoolAttrUsedMemCurrent;
import static org.bytedeco.cuda.global.cudart.cudaMemPoolAttrUsedMemHigh;
import static org.bytedeco.cuda.global.cudart.cudaMemPoolGetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaMemPoolSetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaMemcpy;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemsetAsync;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;

import dev.terse.engine.MeasuredEngine.DeviceCapacity;
import dev.terse.engine.cuda.device.Matmul.Operand;
import dev.terse.engine.numbers.NumberType;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmemPoolHandle_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * The first NVIDIA GPU of the machine. All work goes to its default stream; memory comes from its
 * pool, which keeps what is freed.
 */
public final class CudaDevice implements Device {
  private static final int GPU = 0;
  private static final CUstream_st IN_ORDER = null;

  /** Turing's: CUDA 13 makes no code for older cards. */
  private static final int LEAST_CAPABILITY = 75;

  /** Ampere's: older cards have no matmuls of bfloat16. */
  private static final int BFLOAT16_CAPABILITY = 80;

  private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

  private final String name;
  private final CUmemPoolHandle_st pool = new CUmemPoolHandle_st();
  private final CUmod_st module = new CUmod_st();
  private final cublasContext cublas = new cublasContext();
  private final Map<String, CUfunc_st> kernels = new HashMap<>();
  private final LongPointer slots = new LongPointer(Arguments.MOST);
  private final LongBuffer slotsOnHost = slots.asByteBuffer().order(NATIVE).asLongBuffer();
  private final PointerPointer<Pointer> parameters = new PointerPointer<>(Arguments.MOST);
  private final LongPointer allocated = new LongPointer(1L);
  private final FloatPointer factors = new FloatPointer(2L);
  private Thread bound;

  private CudaDevice() {
    bind();
    this.name = model() + " (" + text(capability()) + ")";
    for (int i = 0; i < Arguments.MOST; i++) {
      parameters.put(i, new Address(slots.address() + (long) i * Long.BYTES));
    }
    check("cudaDeviceGetDefaultMemPool", cudaDeviceGetDefaultMemPool(pool, GPU));
    try (LongPointer everything = new LongPointer(1L).put(Long.MAX_VALUE)) {
      check(
          "cudaMemPoolSetAttribute",
          cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, everything));
    }
    try (BytePointer machineCode =
        KernelCompiler.compile(KernelSource.all(), "sm_" + capability())) {
      check("cuModuleLoadData", cuModuleLoadData(module, machineCode));
    }
    checkCublas("cublasCreate", cublasCreate_v2(cublas));
  }

  /**
   * @param matmuls the numbers that they will read
   * @throws IllegalArgumentException if there is no GPU or it is too old, or libraries are missing
   */
  public static CudaDevice open(NumberType matmuls) {
    CudaLibraries.require();
    check("cudaSetDevice", cudaSetDevice(GPU));
    requireCapability(model(), capability(), matmuls);
    return new CudaDevice();
  }

  /**
   * @param capability compute capability times 10
   * @throws IllegalArgumentException if a card of this capability cannot serve
   */
  static void requireCapability(String model, int capability, NumberType matmuls) {
    boolean bfloat16 = matmuls == NumberType.BFLOAT16;
    int least = bfloat16 ? BFLOAT16_CAPABILITY : LEAST_CAPABILITY;
    if (capability < least) {
      throw new IllegalArgumentException(
          "engine: cuda needs a card of compute capability "
              + text(least)
              + " or more"
              + (bfloat16 ? " for bf16: true" : "")
              + ", "
              + model
              + " has "
              + text(capability)
              + (capability >= LEAST_CAPABILITY
                  ? "; set bf16: false"
                  : "; docs/cuda.md tells of older cards"));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long allocate(long bytes) {
    bind();
    PointerPointer<Pointer> out = new PointerPointer<>(allocated);
    int code = cudaMallocAsync(out, Math.max(bytes, 1), IN_ORDER);
    if (code == cudaErrorMemoryAllocation) {
      throw new OutOfMemoryError(exhausted(bytes));
    }
    check("cudaMallocAsync", code);
    return allocated.get();
  }

  private String exhausted(long bytes) {
    return String.format(
        Locale.ROOT,
        "the GPU has %.1f GB, %.1f are taken by tensors, %.3f more are needed at once",
        capacity().total() / 1e9,
        heldBytes() / 1e9,
        bytes / 1e9);
  }

  /** What is free on the GPU, and what the pool holds without need. */
  @Override
  public DeviceCapacity capacity() {
    bind();
    try (SizeTPointer free = new SizeTPointer(1L);
        SizeTPointer total = new SizeTPointer(1L)) {
      check("cudaMemGetInfo", cudaMemGetInfo(free, total));
      long spare = attribute(cudaMemPoolAttrReservedMemCurrent) - heldBytes();
      return new DeviceCapacity(total.get(), free.get() + spare);
    }
  }

  @Override
  public long heldBytes() {
    bind();
    return attribute(cudaMemPoolAttrUsedMemCurrent);
  }

  @Override
  public void free(long address) {
    bind();
    check("cudaFreeAsync", cudaFreeAsync(new Address(address), IN_ORDER));
  }

  /** Page-locked memory. */
  @Override
  public FloatPointer allocateHost(long count) {
    bind();
    PointerPointer<Pointer> out = new PointerPointer<>(allocated);
    check("cudaMallocHost", cudaMallocHost(out, count * Float.BYTES));
    FloatPointer memory = new FloatPointer(new Address(allocated.get()));
    memory.capacity(count);
    return memory;
  }

  @Override
  public void freeHost(FloatPointer memory) {
    bind();
    check("cudaFreeHost", cudaFreeHost(memory));
  }

  @Override
  public void upload(Pointer from, long to, long bytes) {
    bind();
    if (bytes > 0) {
      check("cudaMemcpy", cudaMemcpy(new Address(to), from, bytes, cudaMemcpyHostToDevice));
    }
  }

  @Override
  public void download(long from, Pointer to, long bytes) {
    bind();
    if (bytes > 0) {
      check("cudaMemcpy", cudaMemcpy(to, new Address(from), bytes, cudaMemcpyDeviceToHost));
    }
  }

  @Override
  public void copy(long from, long to, long bytes) {
    bind();
    check(
        "cudaMemcpyAsync",
        cudaMemcpyAsync(
            new Address(to), new Address(from), bytes, cudaMemcpyDeviceToDevice, IN_ORDER));
  }

  @Override
  public void fill(long at, int value, long bytes) {
    bind();
    check("cudaMemsetAsync", cudaMemsetAsync(new Address(at), value, bytes, IN_ORDER));
  }

  @Override
  public void launch(String kernel, int blocksX, int blocksY, int threads, Arguments arguments) {
    bind();
    long[] values = arguments.slots();
    slotsOnHost.put(0, values);
    check(
        kernel,
        cuLaunchKernel(
            kernels.computeIfAbsent(kernel, this::function),
            blocksX,
            blocksY,
            1,
            threads,
            1,
            1,
            0,
            IN_ORDER,
            parameters,
            null));
  }

  private CUfunc_st function(String kernel) {
    CUfunc_st function = new CUfunc_st();
    check("cuModuleGetFunction " + kernel, cuModuleGetFunction(function, module, kernel));
    return function;
  }

  /**
   * cuBLAS stores columns, so it is asked for {@code cᵀ = bᵀ aᵀ}: what we store by rows is its
   * transposed already.
   */
  @Override
  public void multiply(Matmul matmul) {
    bind();
    Operand a = matmul.a();
    Operand b = matmul.b();
    Operand c = matmul.c();
    int inputs = a.type() == NumberType.BFLOAT16 ? CUDA_R_16BF : CUDA_R_32F;
    factors.put(0, (float) matmul.alpha()).put(1, (float) matmul.beta());
    checkCublas(
        "cublasGemmStridedBatchedEx",
        cublasGemmStridedBatchedEx(
            cublas,
            b.transposed() ? CUBLAS_OP_T : CUBLAS_OP_N,
            a.transposed() ? CUBLAS_OP_T : CUBLAS_OP_N,
            c.columns(),
            c.rows(),
            a.columns(),
            new Address(factors.address()),
            new Address(b.address()),
            inputs,
            Math.toIntExact(b.stride()),
            b.step(),
            new Address(a.address()),
            inputs,
            Math.toIntExact(a.stride()),
            a.step(),
            new Address(factors.address() + Float.BYTES),
            new Address(c.address()),
            CUDA_R_32F,
            Math.toIntExact(c.stride()),
            c.step(),
            matmul.count(),
            CUBLAS_COMPUTE_32F,
            CUBLAS_GEMM_DEFAULT));
  }

  @Override
  public long peakBytes() {
    bind();
    return attribute(cudaMemPoolAttrUsedMemHigh);
  }

  private long attribute(int which) {
    try (LongPointer value = new LongPointer(1L)) {
      check("cudaMemPoolGetAttribute", cudaMemPoolGetAttribute(pool, which, value));
      return value.get();
    }
  }

  @Override
  public void close() {
    bind();
    checkCublas("cublasDestroy", cublasDestroy_v2(cublas));
    check("cuModuleUnload", cuModuleUnload(module));
    slots.close();
    parameters.close();
    allocated.close();
    factors.close();
  }

  /** Makes the GPU's context that of the calling thread. */
  private void bind() {
    if (bound != Thread.currentThread()) {
      check("cudaSetDevice", cudaSetDevice(GPU));
      bound = Thread.currentThread();
    }
  }

  /** Compute capability times 10. */
  private static int capability() {
    return 10 * attributeOfGpu(cudaDevAttrComputeCapabilityMajor)
        + attributeOfGpu(cudaDevAttrComputeCapabilityMinor);
  }

  private static String text(int capability) {
    return capability / 10 + "." + capability % 10;
  }

  private static int attributeOfGpu(int which) {
    int[] value = new int[1];
    check("cudaDeviceGetAttribute", cudaDeviceGetAttribute(value, which, GPU));
    return value[0];
  }

  private static String model() {
    byte[] text = new byte[256];
    check("cuDeviceGetName", cuDeviceGetName(text, text.length, GPU));
    return new String(text, StandardCharsets.UTF_8).replace("\0", "");
  }

  private static void check(String call, int code) {
    if (code != 0) {
      throw new IllegalStateException(
          "CUDA: " + cudaGetErrorString(code).getString() + ", told by " + call);
    }
  }

  private static void checkCublas(String call, int code) {
    if (code != 0) {
      throw new IllegalStateException(
          "cuBLAS: " + cublasGetStatusString(code).getString() + ", told by " + call);
    }
  }
}
