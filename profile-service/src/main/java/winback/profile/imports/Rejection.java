package winback.profile.imports;

/**
 * Why a row was not taken.
 *
 * @param row the line of the file on which it begins, from 1, a header counted
 * @param column as named in the mapping, such as {@code at}; empty when the whole row is meant
 * @param code stable, for programs
 */
record Rejection(long row, String column, String code, String detail) {}
