package io.sluice.balance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * XXH64 (Y. Collet, xxHash specification 0.1.1, "XXH64 algorithm description"): a fast 64-bit hash
 * of high quality, not a cryptographic one. The same on every machine, whatever its byte order.
 * Stateless; allocates nothing.
 */
final class Xxh64 {

    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;

    private static final int STRIPE = 32;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Xxh64() {}

    static long hash(byte[] data, long seed) {
        return hash(data, 0, data.length, seed);
    }

    /**
     * @throws IndexOutOfBoundsException when the range is not within the array
     */
    static long hash(byte[] data, int from, int length, long seed) {
        Objects.checkFromIndexSize(from, length, data.length);
        int at = from;
        int end = from + length;
        long hash = seed + PRIME_5;
        if (length >= STRIPE) {
            hash = stripes(data, from, length, seed);
            at = from + length / STRIPE * STRIPE;
        }
        return tail(data, at, end, hash + length);
    }

    /** The hash of these eight bytes, least significant first. */
    static long hash(long value, long seed) {
        long hash = (seed + PRIME_5 + Long.BYTES) ^ round(0, value);
        return avalanche(Long.rotateLeft(hash, 27) * PRIME_1 + PRIME_4);
    }

    private static long stripes(byte[] data, int from, int length, long seed) {
        long a = seed + PRIME_1 + PRIME_2;
        long b = seed + PRIME_2;
        long c = seed;
        long d = seed - PRIME_1;
        int last = from + length - STRIPE;
        for (int at = from; at <= last; at += STRIPE) {
            a = round(a, (long) LONG.get(data, at));
            b = round(b, (long) LONG.get(data, at + 8));
            c = round(c, (long) LONG.get(data, at + 16));
            d = round(d, (long) LONG.get(data, at + 24));
        }
        long hash =
                Long.rotateLeft(a, 1)
                        + Long.rotateLeft(b, 7)
                        + Long.rotateLeft(c, 12)
                        + Long.rotateLeft(d, 18);
        hash = merge(hash, a);
        hash = merge(hash, b);
        hash = merge(hash, c);
        return merge(hash, d);
    }

    private static long tail(byte[] data, int from, int end, long start) {
        long hash = start;
        int at = from;
        for (; at + 8 <= end; at += 8) {
            hash ^= round(0, (long) LONG.get(data, at));
            hash = Long.rotateLeft(hash, 27) * PRIME_1 + PRIME_4;
        }
        if (at + 4 <= end) {
            hash ^= ((int) INT.get(data, at) & 0xffff_ffffL) * PRIME_1;
            hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
            at += 4;
        }
        for (; at < end; at++) {
            hash ^= (data[at] & 0xffL) * PRIME_5;
            hash = Long.rotateLeft(hash, 11) * PRIME_1;
        }
        return avalanche(hash);
    }

    private static long round(long accumulator, long lane) {
        return Long.rotateLeft(accumulator + lane * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long accumulator) {
        return (hash ^ round(0, accumulator)) * PRIME_1 + PRIME_4;
    }

    private static long avalanche(long value) {
        long hash = value;
        hash = (hash ^ (hash >>> 33)) * PRIME_2;
        hash = (hash ^ (hash >>> 29)) * PRIME_3;
        return hash ^ (hash >>> 32);
    }
}
