// The head, on rows of scaled logits z [R, V].

// What is said of a row: scores[r] = {ln p(target), mean of ln p, entropy, whether no token is likelier};
// shift[r] = {max, ln(sum of exp(z - max))} for the gradient. Target -1: ln p is NaN. A block a row.
KERNEL void headScores(const float* z, const int* targets, double* scores, float* shift, int columns) {
  const float* row = z + (long long) blockIdx.x * columns;
  float most = -INFINITY;
  EACH_OF_ROW(v, columns) most = fmaxf(most, row[v]);
  most = blockMax(most);
  double sum = 0;
  double weighted = 0;
  double plain = 0;
  EACH_OF_ROW(v, columns) {
    float below = row[v] - most;
    float e = expf(below);
    sum += e;
    plain += row[v];
    if (e > 0 || e != e) weighted += e * below;
  }
  sum = blockSum(sum);
  weighted = blockSum(weighted);
  plain = blockSum(plain);
  if (threadIdx.x == 0) {
    double ln = log(sum);
    int target = targets[blockIdx.x];
    double* told = scores + 4 * blockIdx.x;
    told[0] = target < 0 ? NAN : (double) row[target] - most - ln;
    told[1] = plain / columns - most - ln;
    told[2] = ln - weighted / sum;
    told[3] = target >= 0 && row[target] >= most;
    shift[2 * blockIdx.x] = most;
    shift[2 * blockIdx.x + 1] = ln;
  }
}

// z becomes dLogProb (1[v = target] - p) - dEntropy p (ln p + entropy) + dMean (1 / columns - p);
// more[r] = {dEntropy, entropy, dMean}
KERNEL void headGradient(
    float* z, const int* targets, const float* dLogProbs, const float* more, const float* shift, int columns) {
  float* row = z + (long long) blockIdx.x * columns;
  float most = shift[2 * blockIdx.x];
  float ln = shift[2 * blockIdx.x + 1];
  float dLogProb = dLogProbs[blockIdx.x];
  float dEntropy = more[3 * blockIdx.x];
  float entropy = more[3 * blockIdx.x + 1];
  float dMean = more[3 * blockIdx.x + 2];
  float even = 1.0f / columns;
  int target = targets[blockIdx.x];
  EACH_OF_ROW(v, columns) {
    float lnP = row[v] - most - ln;
    float p = expf(lnP);
    float d = dLogProb * ((v == target ? 1.0f : 0.0f) - p) + dMean * (even - p);
    row[v] = dEntropy != 0 && p != 0 ? d - dEntropy * p * (lnP + entropy) : d;
  }
}
