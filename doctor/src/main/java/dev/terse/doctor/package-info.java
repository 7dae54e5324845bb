/**
 * Looks at a run before its first update, on its real configuration, and changes nothing: {@link
 * dev.terse.doctor.Doctor} asks one {@link dev.terse.doctor.Check} after another and hands on each
 * {@link dev.terse.doctor.Finding} as soon as it is known.
 */
package dev.terse.doctor;
