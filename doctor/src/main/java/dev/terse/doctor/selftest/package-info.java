/**
 * A model and a machine held against themselves: gradients against finite differences, packed rows
 * against single ones, one pass against several, decoding against scoring, tokens there and back.
 */
package dev.terse.doctor.selftest;
