// Attention between its matmuls, and attention over a cache.

// The heads of x [N, parts width] apart, [parts, N, width]: into `floats`, or rounded into `bf16`; the other is null
KERNEL void splitHeads(const float* x, float* floats, unsigned short* bf16, int rows, int parts, int width, long long count) {
  EACH(i, count) {
    long long row = i / width;
    float number = x[((row % rows) * parts + row / rows) * width + i % width];
    if (floats) floats[i] = number;
    else bf16[i] = rounded(number);
  }
}

// Undoes splitHeads
KERNEL void joinHeads(const float* x, float* out, int rows, int parts, int width, long long count) {
  EACH(i, count) {
    long long row = i / width;
    out[((row % rows) * parts + row / rows) * width + i % width] = x[i];
  }
}

// Scores of a block of queries are rows [parts, queries, group]; a query sees `before` + its own index + 1 keys.
__device__ inline int seenBy(int row, int queries, int group, int before) {
  return before + row % (queries * group) / group + 1;
}

// Softmax of each row of scores over the keys that its query sees, 0 beyond; in place, and rounded into `bf16` if
// it is not null. A block a row.
KERNEL void causalSoftmax(float* scores, unsigned short* bf16, int queries, int group, int before, int keys) {
  long long at = (long long) blockIdx.x * keys;
  float* row = scores + at;
  int seen = seenBy(blockIdx.x, queries, group, before);
  float most = -INFINITY;
  EACH_OF_ROW(j, seen) most = fmaxf(most, row[j]);
  most = blockMax(most);
  float sum = 0;
  EACH_OF_ROW(j, seen) {
    float e = expf(row[j] - most);
    row[j] = e;
    sum += e;
  }
  sum = blockSum(sum);
  EACH_OF_ROW(j, keys) {
    float p = j < seen ? row[j] / sum : 0;
    row[j] = p;
    if (bf16) bf16[at + j] = rounded(p);
  }
}

// gradient = p (gradient - sum(p gradient)), 0 beyond what is seen: in place, or rounded into `bf16` if it is not null
KERNEL void causalSoftmaxBackward(
    const float* p, float* gradient, unsigned short* bf16, int queries, int group, int before, int keys) {
  long long at = (long long) blockIdx.x * keys;
  int seen = seenBy(blockIdx.x, queries, group, before);
  float sum = 0;
  EACH_OF_ROW(j, seen) sum += p[at + j] * gradient[at + j];
  sum = blockSum(sum);
  EACH_OF_ROW(j, keys) {
    float d = j < seen ? p[at + j] * (gradient[at + j] - sum) : 0;
    if (bf16) bf16[at + j] = rounded(d);
    else gradient[at + j] = d;
  }
}

// A cache is told as a table of numbers of 8 bytes: starts of each sequence's pages, [B + 1], then for each page
// its address, the positions it can take and those it holds. A page holds [layers][2][capacity][width] numbers,
// width = K D.

struct Page {
  const float* keys;
  const float* values;
  int count;
};

__device__ inline Page pageOf(const long long* table, int sequences, long long page, int layer, int width) {
  const long long* entry = table + sequences + 1 + 3 * page;
  float* at = (float*) entry[0];
  long long capacity = entry[1] * width;
  return {at + 2 * layer * capacity, at + (2 * layer + 1) * capacity, (int) entry[2]};
}

// Writes the newest position of each sequence: the last of its last page; a block a sequence
KERNEL void appendEntries(
    const float* k, const float* v, const long long* table, int sequences, int layer, int width) {
  int b = blockIdx.x;
  Page page = pageOf(table, sequences, table[b + 1] - 1, layer, width);
  long long at = (long long) (page.count - 1) * width;
  EACH_OF_ROW(c, width) {
    ((float*) page.keys)[at + c] = k[(long long) b * width + c];
    ((float*) page.values)[at + c] = v[(long long) b * width + c];
  }
}

#define MOST_CHANNELS 256
#define MOST_WARPS 8

// One query of one head over all that its sequence holds: a block for each head (x) and sequence (y). Each warp takes
// every so-manieth position and keeps a running maximum, sum and weighted values; they are joined at the end.
KERNEL void cachedAttention(
    const float* q, const long long* table, float* out, int sequences, int layer, int heads, int kvHeads, int channels, float scale) {
  __shared__ float mosts[MOST_WARPS];
  __shared__ float sums[MOST_WARPS];
  __shared__ float values[MOST_WARPS][MOST_CHANNELS];
  int head = blockIdx.x;
  int b = blockIdx.y;
  int lane = threadIdx.x % LANES;
  int warp = threadIdx.x / LANES;
  int warps = (blockDim.x + LANES - 1) / LANES;
  int width = kvHeads * channels;
  int offset = head / (heads / kvHeads) * channels;
  const float* own = q + ((long long) b * heads + head) * channels;
  float query[MOST_CHANNELS / LANES];
  float value[MOST_CHANNELS / LANES];
  for (int i = 0; i < MOST_CHANNELS / LANES; i++) {
    int c = i * LANES + lane;
    query[i] = c < channels ? own[c] * scale : 0;
    value[i] = 0;
  }
  float most = -INFINITY;
  float sum = 0;
  for (long long p = table[b]; p < table[b + 1]; p++) {
    Page page = pageOf(table, sequences, p, layer, width);
    for (int j = warp; j < page.count; j += warps) {
      long long at = (long long) j * width + offset;
      float score = 0;
      for (int i = 0; i < MOST_CHANNELS / LANES; i++) {
        int c = i * LANES + lane;
        if (c < channels) score += query[i] * page.keys[at + c];
      }
      score = laneSum(score);
      float higher = fmaxf(most, score);
      float factor = expf(most - higher);
      float weight = expf(score - higher);
      sum = sum * factor + weight;
      for (int i = 0; i < MOST_CHANNELS / LANES; i++) {
        int c = i * LANES + lane;
        if (c < channels) value[i] = value[i] * factor + weight * page.values[at + c];
      }
      most = higher;
    }
  }
  if (lane == 0) {
    mosts[warp] = most;
    sums[warp] = sum;
  }
  for (int i = 0; i < MOST_CHANNELS / LANES; i++) values[warp][i * LANES + lane] = value[i];
  __syncthreads();
  float highest = mosts[0];
  for (int w = 1; w < warps; w++) highest = fmaxf(highest, mosts[w]);
  float all = 0;
  for (int w = 0; w < warps; w++) all += sums[w] * expf(mosts[w] - highest);
  float* to = out + ((long long) b * heads + head) * channels;
  EACH_OF_ROW(c, channels) {
    float total = 0;
    for (int w = 0; w < warps; w++) total += values[w][c] * expf(mosts[w] - highest);
    to[c] = total / all;
  }
}
