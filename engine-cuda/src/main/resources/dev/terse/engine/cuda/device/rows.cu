// Rows, columns and elements: the operations of Engine between the matmuls.

// Elements from `first` on that are this thread's.
#define EACH(i, count) \
  for (long long i = blockIdx.x * (long long) blockDim.x + threadIdx.x; i < (count); i += (long long) gridDim.x * blockDim.x)

// Elements of a row whose block this is.
#define EACH_OF_ROW(i, count) for (int i = threadIdx.x; i < (count); i += blockDim.x)

// x as bfloat16, to nearest, ties to even; NaN stays NaN
__device__ inline unsigned short rounded(float x) {
  union { unsigned bits; float number; } both;
  both.number = x;
  return (x == x ? both.bits + 0x7fff + (both.bits >> 16 & 1) : both.bits | 0x400000) >> 16;
}

KERNEL void toBfloat16(const float* x, unsigned short* out, long long count) {
  EACH(i, count) out[i] = rounded(x[i]);
}

// to += factor x
KERNEL void add(float* to, const float* x, float factor, long long count) {
  EACH(i, count) to[i] += factor * x[i];
}

// out[r] = table[ids[r]]; a block a row
KERNEL void gather(const float* table, const int* ids, float* out, int columns) {
  const float* from = table + (long long) ids[blockIdx.x] * columns;
  float* to = out + (long long) blockIdx.x * columns;
  EACH_OF_ROW(c, columns) to[c] = from[c];
}

// out[ids[r]] = x[r]; ids are distinct
KERNEL void scatter(const float* x, const int* ids, float* out, int columns) {
  const float* from = x + (long long) blockIdx.x * columns;
  float* to = out + (long long) ids[blockIdx.x] * columns;
  EACH_OF_ROW(c, columns) to[c] = from[c];
}

// sums[ids[b]] += x[sources[k]] for k from starts[b] to starts[b + 1], in this order; ids are distinct
KERNEL void scatterAdd(
    const float* x, const int* ids, const int* starts, const int* sources, float* sums, int columns) {
  float* to = sums + (long long) ids[blockIdx.x] * columns;
  int end = starts[blockIdx.x + 1];
  EACH_OF_ROW(c, columns) {
    float sum = to[c];
    for (int k = starts[blockIdx.x]; k < end; k++) sum += x[(long long) sources[k] * columns + c];
    to[c] = sum;
  }
}

// out[r][k] = x[r][ids[k]]
KERNEL void gatherColumns(const float* x, const int* ids, float* out, int columns, int wanted) {
  const float* from = x + (long long) blockIdx.x * columns;
  float* to = out + (long long) blockIdx.x * wanted;
  EACH_OF_ROW(k, wanted) to[k] = from[ids[k]];
}

// out = x scale + bias, column by column; scale and bias may be null
KERNEL void scaleColumns(
    const float* x, const float* scale, const float* bias, float* out, int columns, long long count) {
  EACH(i, count) {
    int c = i % columns;
    float y = scale ? x[i] * scale[c] : x[i];
    out[i] = bias ? y + bias[c] : y;
  }
}

// sums[piece][c] = sum of x y factor over the piece's rows; y (1) and factor, one for a row (1), may be null.
// Pieces of `rowsOfPiece` rows, blockIdx.y of them.
KERNEL void columnDots(
    const float* x, const float* y, const float* factor, float* sums, int rows, int columns, int rowsOfPiece) {
  int first = blockIdx.y * rowsOfPiece;
  int end = min(first + rowsOfPiece, rows);
  EACH(c, columns) {
    float sum = 0;
    for (int r = first; r < end; r++) {
      long long i = (long long) r * columns + c;
      float term = y ? x[i] * y[i] : x[i];
      sum += factor ? term * factor[r] : term;
    }
    sums[(long long) blockIdx.y * columns + c] = sum;
  }
}

// to[c] += the sum of the pieces
KERNEL void addPieces(const float* sums, float* to, int pieces, int columns) {
  EACH(c, columns) {
    float sum = 0;
    for (int p = 0; p < pieces; p++) sum += sums[(long long) p * columns + c];
    to[c] += sum;
  }
}

// SplitMix64's output function, as SeedTree.bits has it.
__device__ inline unsigned long long mixed(unsigned long long z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// Inverted dropout; an element is kept if its 32 random bits reach `least` (DropoutMask)
KERNEL void dropout(
    const float* x, const unsigned long long* seeds, float* out, unsigned long long least, float kept, int columns) {
  long long row = (long long) blockIdx.x * columns;
  unsigned long long seed = seeds[blockIdx.x];
  EACH_OF_ROW(c, columns) {
    unsigned long long pair = mixed(seed + ((c >> 1) + 1) * 0x9E3779B97F4A7C15ull);
    unsigned long long own = c & 1 ? pair & 0xffffffffull : pair >> 32;
    out[row + c] = own >= least ? x[row + c] * kept : 0;
  }
}

// y = x / sqrt(mean(x x) + eps) w; a block a row
KERNEL void rmsNorm(const float* x, const float* w, float* y, double eps, int columns) {
  long long row = (long long) blockIdx.x * columns;
  float squares = 0;
  EACH_OF_ROW(c, columns) squares += x[row + c] * x[row + c];
  float factor = 1 / sqrt(blockSum(squares) / columns + eps);
  EACH_OF_ROW(c, columns) y[row + c] = x[row + c] * factor * w[c];
}

// factor[r] = 1 / sqrt(mean(x x) + eps), pull[r] = sum(dy w x) factor^3 / columns
KERNEL void rmsNormFactors(
    const float* x, const float* w, const float* dy, float* factor, float* pull, double eps, int columns) {
  long long row = (long long) blockIdx.x * columns;
  float squares = 0;
  float dots = 0;
  EACH_OF_ROW(c, columns) {
    squares += x[row + c] * x[row + c];
    dots += dy[row + c] * w[c] * x[row + c];
  }
  double f = 1 / sqrt(blockSum(squares) / columns + eps);
  double s = blockSum(dots) * f * f * f / columns;
  if (threadIdx.x == 0) {
    factor[blockIdx.x] = f;
    pull[blockIdx.x] = s;
  }
}

// dx = dy w factor - x pull; dx may be dy
KERNEL void rmsNormBackward(
    const float* x, const float* w, const float* dy, const float* factor, const float* pull, float* dx, int adds, int columns) {
  long long row = (long long) blockIdx.x * columns;
  float f = factor[blockIdx.x];
  float s = pull[blockIdx.x];
  EACH_OF_ROW(c, columns) {
    float d = dy[row + c] * w[c] * f - x[row + c] * s;
    dx[row + c] = adds ? dx[row + c] + d : d;
  }
}

// Turns each head's pairs (i, i + half) by position frequency, times scale; a block a token; sign -1 turns back
KERNEL void rope(
    float* x, const int* positions, const double* frequencies, int half, int heads, double scale, double sign) {
  float* row = x + (long long) blockIdx.x * heads * 2 * half;
  double position = positions[blockIdx.x];
  EACH_OF_ROW(i, half) {
    double angle = position * frequencies[i];
    float c = scale * cos(angle);
    float s = sign * scale * sin(angle);
    for (int h = 0; h < heads; h++) {
      float* pair = row + 2 * half * h + i;
      float a = pair[0];
      float b = pair[half];
      pair[0] = a * c - b * s;
      pair[half] = b * c + a * s;
    }
  }
}

// out = silu(gate) up
KERNEL void swiglu(const float* gate, const float* up, float* out, long long count) {
  EACH(i, count) {
    float g = gate[i];
    out[i] = g / (1 + expf(-g)) * up[i];
  }
}

KERNEL void swigluBackward(
    const float* gate, const float* up, const float* dOut, float* dGate, float* dUp, long long count) {
  EACH(i, count) {
    float g = gate[i];
    float u = up[i];
    float d = dOut[i];
    float open = 1 / (1 + expf(-g));
    float shut = 1 / (1 + expf(g));
    dGate[i] = d * u * open * (1 + g * shut);
    dUp[i] = d * g * open;
  }
}

// out = softmax(factor x); a block a row
KERNEL void softmaxRows(const float* x, float* out, float factor, int columns) {
  long long row = (long long) blockIdx.x * columns;
  float most = -INFINITY;
  EACH_OF_ROW(c, columns) most = fmaxf(most, factor * x[row + c]);
  most = blockMax(most);
  double sum = 0; // of a whole vocabulary
  EACH_OF_ROW(c, columns) {
    float e = expf(factor * x[row + c] - most);
    out[row + c] = e;
    sum += e;
  }
  sum = blockSum(sum);
  float share = 1 / sum;
  EACH_OF_ROW(c, columns) out[row + c] *= share;
}

// squares[b] = the sum of the squares of block b's elements, in double
KERNEL void sumOfSquares(const float* x, double* squares, long long count) {
  double sum = 0;
  EACH(i, count) sum += (double) x[i] * x[i];
  sum = blockSum(sum);
  if (threadIdx.x == 0) squares[blockIdx.x] = sum;
}
