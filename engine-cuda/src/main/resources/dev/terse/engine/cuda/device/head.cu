// The head, on rows of scaled logits z [R, V].

// What is said of a row: scores[r] = {ln p(target), entropy, whether no token is likelier than the target};
// shift[r] = {max, ln(sum of exp(z - max))} for the gradient. Target -1: ln p is NaN. A block a row.
KERNEL void headScores(const float* z, const int* targets, double* scores, float* shift, int columns) {
  const float* row = z + (long long) blockIdx.x * columns;
  float most = -INFINITY;
  EACH_OF_ROW(v, columns) most = fmaxf(most, row[v]);
  most = blockMax(most);
  double sum = 0;
  double weighted = 0;
  EACH_OF_ROW(v, columns) {
    float below = row[v] - most;
    float e = expf(below);
    sum += e;
    if (e > 0 || e != e) weighted += e * below;
  }
  sum = blockSum(sum);
  weighted = blockSum(weighted);
  if (threadIdx.x == 0) {
    double ln = log(sum);
    int target = targets[blockIdx.x];
    double* told = scores + 3 * blockIdx.x;
    told[0] = target < 0 ? NAN : (double) row[target] - most - ln;
    told[1] = ln - weighted / sum;
    told[2] = target >= 0 && row[target] >= most;
    shift[2 * blockIdx.x] = most;
    shift[2 * blockIdx.x + 1] = ln;
  }
}

// z becomes dLogProb (1[v = target] - p) - dEntropy p (ln p + entropy); entropies[r] = {dEntropy, entropy}
KERNEL void headGradient(
    float* z, const int* targets, const float* dLogProbs, const float* entropies, const float* shift, int columns) {
  float* row = z + (long long) blockIdx.x * columns;
  float most = shift[2 * blockIdx.x];
  float ln = shift[2 * blockIdx.x + 1];
  float dLogProb = dLogProbs[blockIdx.x];
  float dEntropy = entropies[2 * blockIdx.x];
  float entropy = entropies[2 * blockIdx.x + 1];
  int target = targets[blockIdx.x];
  EACH_OF_ROW(v, columns) {
    float lnP = row[v] - most - ln;
    float p = expf(lnP);
    float d = dLogProb * ((v == target ? 1.0f : 0.0f) - p);
    row[v] = dEntropy != 0 && p != 0 ? d - dEntropy * p * (lnP + entropy) : d;
  }
}
