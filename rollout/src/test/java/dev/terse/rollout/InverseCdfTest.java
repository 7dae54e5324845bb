package dev.terse.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InverseCdfTest {

  @Test
  void at_everyShare_findsItsToken() {
    float[] p = new float[1500];
    p[3] = 1;
    p[700] = 2;
    p[1499] = 1;
    InverseCdf cdf = new InverseCdf(p);
    assertThat(cdf.total()).isEqualTo(4);
    assertThat(cdf.at(0)).isEqualTo(3);
    assertThat(cdf.at(0.2499)).isEqualTo(3);
    assertThat(cdf.at(0.25)).isEqualTo(700);
    assertThat(cdf.at(0.7499)).isEqualTo(700);
    assertThat(cdf.at(0.75)).isEqualTo(1499);
    assertThat(cdf.at(Math.nextDown(1.0))).isEqualTo(1499);
  }

  @Test
  void at_shareAboveTheRoundedSum_isTheLastTokens() {
    float[] p = new float[1500];
    p[7] = 1;
    p[900] = 3;
    assertThat(new InverseCdf(p).at(1.01)).isEqualTo(900);
  }
}
