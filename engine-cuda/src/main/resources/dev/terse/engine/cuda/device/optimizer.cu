// AdamW; moments as 32-bit floats, bfloat16 or 8 bits (Storage).

#define FULL 0
#define BFLOAT16 1
#define EIGHT_BITS 2
#define BLOCK 256

__device__ inline float ofBits(unsigned bits) {
  union { unsigned bits; float number; } both;
  both.bits = bits;
  return both.number;
}

__device__ inline unsigned bitsOf(float number) {
  union { unsigned bits; float number; } both;
  both.number = number;
  return both.bits;
}

// The random bits of element i (StochasticRounding)
__device__ inline unsigned randomOf(long long i, unsigned key, unsigned salt) {
  unsigned x = (unsigned) i + key;
  x = (x ^ (x >> 16) ^ salt) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

// A moment: its numbers, for 8 bits the scale of each block and the map's values and the bounds above them.
struct Moment {
  void* numbers;
  float* scales;
  const float* map;
  const float* bounds;
  int storage;
};

__device__ inline float read(const Moment& moment, long long i) {
  if (moment.storage == FULL) return ((float*) moment.numbers)[i];
  if (moment.storage == BFLOAT16) return ofBits((unsigned) ((unsigned short*) moment.numbers)[i] << 16);
  return moment.map[((unsigned char*) moment.numbers)[i]] * moment.scales[i / BLOCK];
}

__device__ inline void writeBfloat16(const Moment& moment, long long i, float number, unsigned random) {
  unsigned bits = number == number ? bitsOf(number) : 0x7fc00000u;
  ((unsigned short*) moment.numbers)[i] = (bits + random) >> 16;
}

// The code of the nearest value, by halving; `bounds` rise
__device__ inline int codeOf(const float* bounds, float quotient) {
  int code = 0;
  for (int step = 128; step > 0; step /= 2) {
    if (quotient > bounds[code + step - 1]) code += step;
  }
  return code;
}

// Writes a block of `count` numbers from `first` on
__device__ inline void write8Bits(const Moment& moment, long long first, const float* numbers, int count) {
  unsigned largest = 0; // of the bits of magnitudes, which rise as these do; NaN is above all
  EACH_OF_ROW(i, count) {
    unsigned bits = bitsOf(numbers[i]) & 0x7fffffffu;
    largest = bits > largest ? bits : largest;
  }
  float scale = ofBits(blockMax(largest));
  if (threadIdx.x == 0) moment.scales[first / BLOCK] = scale;
  EACH_OF_ROW(i, count) {
    float quotient = scale == 0 ? 0 : numbers[i] / scale;
    ((unsigned char*) moment.numbers)[first + i] = codeOf(moment.bounds, quotient);
  }
}

// One update; a block has BLOCK elements. Factors: beta1, 1 - beta1, beta2, 1 - beta2, 1 - lr decay,
// lr / (1 - beta1^t), 1 / (1 - beta2^t), epsilon, gradient scale.
KERNEL void adamW(
    float* weight, const float* gradient, void* m, float* mScales, int mStorage, void* v, float* vScales, int vStorage,
    const float* maps, const float* factors, unsigned key, unsigned salt, long long count) {
  __shared__ float ms[BLOCK];
  __shared__ float vs[BLOCK];
  Moment first = {m, mScales, maps, maps + BLOCK, mStorage};
  Moment second = {v, vScales, maps + 2 * BLOCK, maps + 3 * BLOCK, vStorage};
  long long from = (long long) blockIdx.x * BLOCK;
  int here = count - from < BLOCK ? count - from : BLOCK;
  EACH_OF_ROW(i, here) {
    float g = gradient[from + i] * factors[8];
    float newM = factors[0] * read(first, from + i) + factors[1] * g;
    float newV = factors[2] * read(second, from + i) + factors[3] * g * g;
    weight[from + i] = weight[from + i] * factors[4] - factors[5] * newM / (sqrtf(newV * factors[6]) + factors[7]);
    ms[i] = newM;
    vs[i] = newV;
  }
  __syncthreads();
  EACH_OF_ROW(i, here) {
    unsigned random = randomOf(from + i, key, salt);
    if (mStorage == FULL) ((float*) m)[from + i] = ms[i];
    if (mStorage == BFLOAT16) writeBfloat16(first, from + i, ms[i], random & 0xffff);
    if (vStorage == FULL) ((float*) v)[from + i] = vs[i];
    if (vStorage == BFLOAT16) writeBfloat16(second, from + i, vs[i], random >> 16);
  }
  if (mStorage == EIGHT_BITS) write8Bits(first, from, ms, here);
  if (vStorage == EIGHT_BITS) write8Bits(second, from, vs, here);
}
