// What the threads of a block do together. A kernel's block is one row, one column of sums or a piece
// of an array; its loops go on by the number of threads, so any number of threads gives the result,
// one too: the tests run the other files with one thread on the CPU, in place of this file.

#define KERNEL extern "C" __global__
#define LANES 32
#define INFINITY __int_as_float(0x7f800000)
#define NAN __int_as_float(0x7fc00000)

// Sum and maximum over the lanes of a warp; every lane has the result.

__device__ inline float laneSum(float x) {
  for (int other = LANES / 2; other > 0; other /= 2) x += __shfl_xor_sync(0xffffffff, x, other);
  return x;
}

__device__ inline double laneSum(double x) {
  for (int other = LANES / 2; other > 0; other /= 2) x += __shfl_xor_sync(0xffffffff, x, other);
  return x;
}

__device__ inline unsigned laneMax(unsigned x) {
  for (int other = LANES / 2; other > 0; other /= 2) x = max(x, __shfl_xor_sync(0xffffffff, x, other));
  return x;
}

__device__ inline float laneMax(float x) {
  for (int other = LANES / 2; other > 0; other /= 2) x = fmaxf(x, __shfl_xor_sync(0xffffffff, x, other));
  return x;
}

// The same over a block, always in the same order; every thread has the result.

template <typename T> __device__ inline T blockSum(T x) {
  __shared__ T parts[LANES];
  __syncthreads();
  x = laneSum(x);
  if (threadIdx.x % LANES == 0) parts[threadIdx.x / LANES] = x;
  __syncthreads();
  T sum = parts[0];
  for (int warp = 1; warp < blockDim.x / LANES; warp++) sum += parts[warp];
  return sum;
}

template <typename T> __device__ inline T blockMax(T x) {
  __shared__ T parts[LANES];
  __syncthreads();
  x = laneMax(x);
  if (threadIdx.x % LANES == 0) parts[threadIdx.x / LANES] = x;
  __syncthreads();
  T most = parts[0];
  for (int warp = 1; warp < blockDim.x / LANES; warp++) most = parts[warp] > most ? parts[warp] : most;
  return most;
}
