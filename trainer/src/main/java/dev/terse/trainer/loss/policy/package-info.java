/**
 * What the policy loses by a token, one small function a kind of loss ({@code loss_type}), and
 * which tokens bear it. A new kind is a record here that implements {@link
 * dev.terse.trainer.loss.policy.PolicyTerm}.
 */
package dev.terse.trainer.loss.policy;
