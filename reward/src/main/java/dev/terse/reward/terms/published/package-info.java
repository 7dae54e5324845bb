/**
 * Rewards of TRL and open-r1 as their sources define them, so that a published recipe pays what it
 * paid there; differences are named at each.
 */
package dev.terse.reward.terms.published;
