/* The loops of simulation/kernel.py in C, to hold the compiled twin against: once as a compiler
   sees plain loops, once written by hand for 16 draws to a register. benchmarks/bench_body.py
   builds and calls this; nothing in the product does. */
#include <stddef.h>
#include <string.h>

#define BLOCK 64
#define FMAX(a, b) ((a) > (b) ? (a) : (b))
#define FMIN(a, b) ((a) < (b) ? (a) : (b))

void lose(const float *draws, const float *forcing, const float *fixed, float *lost, float *ends,
          int n_blocks, int n_minutes)
{
    const float per_w = fixed[0], least = fixed[1], reference = fixed[2], shift = fixed[3];
    const float low = fixed[4], high = fixed[5], potassium = fixed[6], hour = fixed[7];
    for (int block = 0; block < n_blocks; block++) {
        float own[8][BLOCK], state[4][BLOCK];
        memset(state, 0, sizeof state);
        for (int n = 0; n < 8; n++)
            memcpy(own[n], draws + ((size_t)n * n_blocks + block) * BLOCK, sizeof own[n]);
        for (int minute = 0; minute < n_minutes; minute++) {
            const float *f = forcing + 4 * minute;
            float *out = lost + ((size_t)block * n_minutes + minute) * BLOCK;
            for (int d = 0; d < BLOCK; d++) {
                float ereq = FMAX(f[0] + f[1] * own[0][d], 0.0f);
                float wet = ereq / FMAX(f[2] + f[3] * own[0][d], 1.0f);
                float share = FMAX(own[3][d], 1.0f - wet * wet * 0.5f);
                float made = FMAX(own[1][d] * per_w * ereq / share, least);
                float rate = own[2][d] >= 0.0f ? own[2][d] : made;
                float salt = own[4][d] + own[5][d] * (rate - reference) - shift;
                salt = FMIN(FMAX(salt, low), high);
                float sweat = rate * hour;
                state[1][d] += sweat;
                state[2][d] += sweat * salt;
                state[3][d] += sweat * (salt + potassium) + own[6][d] * own[7][d];
                state[0][d] += sweat + own[6][d];
                out[d] = state[0][d];
            }
        }
        for (int n = 0; n < 3; n++)
            memcpy(ends + ((size_t)n * n_blocks + block) * BLOCK, state[n + 1], sizeof state[0]);
    }
}

void drink(const float *drunk, const float *salted, const float *share, const float *cap,
           const float *lost, float empty, float *out, int n_plans, int n_blocks, int n_minutes)
{
    for (int block = 0; block < n_blocks; block++)
        for (int plan = 0; plan < n_plans; plan++) {
            float state[5][BLOCK];
            memset(state, 0, sizeof state);
            for (int minute = 0; minute < n_minutes; minute++) {
                const float in_l = drunk[plan * n_minutes + minute];
                const float in_mmol = salted[plan * n_minutes + minute];
                const float *gone = lost + ((size_t)block * n_minutes + minute) * BLOCK;
                for (int d = 0; d < BLOCK; d++) {
                    float gut = state[0][d] + in_l, salt = state[1][d] + in_mmol;
                    float most = cap[block * BLOCK + d] / FMAX(gut, empty);
                    float passed = FMIN(share[block * BLOCK + d], most);
                    state[2][d] += passed * gut;
                    state[3][d] += passed * salt;
                    gut -= passed * gut;
                    state[0][d] = gut;
                    state[1][d] = salt - passed * salt;
                    state[4][d] = FMAX(state[4][d], state[2][d] + gut - gone[d]);
                }
            }
            for (int n = 0; n < 5; n++)
                memcpy(out + (((size_t)plan * 5 + n) * n_blocks + block) * BLOCK, state[n],
                       sizeof state[n]);
        }
}

#ifdef __AVX512F__
#include <immintrin.h>

void lose_by_hand(const float *draws, const float *forcing, const float *fixed, float *lost,
                  float *ends, int n_blocks, int n_minutes)
{
    const size_t stride = (size_t)n_blocks * BLOCK;
    const __m512 none = _mm512_setzero_ps(), one = _mm512_set1_ps(1.0f);
    const __m512 half = _mm512_set1_ps(0.5f), per_w = _mm512_set1_ps(fixed[0]);
    const __m512 least = _mm512_set1_ps(fixed[1]), reference = _mm512_set1_ps(fixed[2]);
    const __m512 shift = _mm512_set1_ps(fixed[3]), low = _mm512_set1_ps(fixed[4]);
    const __m512 high = _mm512_set1_ps(fixed[5]), potassium = _mm512_set1_ps(fixed[6]);
    const __m512 hour = _mm512_set1_ps(fixed[7]);
    for (size_t at = 0; at < stride; at += 16) {
        __m512 own[8], total = none, sweated = none, sodium = none, cation = none;
        for (int n = 0; n < 8; n++)
            own[n] = _mm512_loadu_ps(draws + n * stride + at);
        const __mmask16 told = _mm512_cmp_ps_mask(own[2], none, _CMP_GE_OQ);
        const __m512 factor = _mm512_mul_ps(own[1], per_w);
        const __m512 urine_mmol = _mm512_mul_ps(own[6], own[7]);
        const __m512 base = _mm512_fnmadd_ps(own[5], reference, _mm512_sub_ps(own[4], shift));
        float *out = lost + (at / BLOCK) * (size_t)n_minutes * BLOCK + at % BLOCK;
        for (int minute = 0; minute < n_minutes; minute++, out += BLOCK) {
            const float *f = forcing + 4 * minute;
            __m512 ereq = _mm512_max_ps(
                _mm512_fmadd_ps(_mm512_set1_ps(f[1]), own[0], _mm512_set1_ps(f[0])), none);
            __m512 most = _mm512_max_ps(
                _mm512_fmadd_ps(_mm512_set1_ps(f[3]), own[0], _mm512_set1_ps(f[2])), one);
            __m512 wet = _mm512_div_ps(ereq, most);
            __m512 share = _mm512_max_ps(
                own[3], _mm512_fnmadd_ps(_mm512_mul_ps(wet, wet), half, one));
            __m512 rate = _mm512_max_ps(
                _mm512_div_ps(_mm512_mul_ps(factor, ereq), share), least);
            rate = _mm512_mask_mov_ps(rate, told, own[2]);
            __m512 salt = _mm512_min_ps(
                _mm512_max_ps(_mm512_fmadd_ps(own[5], rate, base), low), high);
            __m512 sweat = _mm512_mul_ps(rate, hour);
            sweated = _mm512_add_ps(sweated, sweat);
            sodium = _mm512_fmadd_ps(sweat, salt, sodium);
            cation = _mm512_add_ps(
                _mm512_fmadd_ps(sweat, _mm512_add_ps(salt, potassium), cation), urine_mmol);
            total = _mm512_add_ps(total, _mm512_add_ps(sweat, own[6]));
            _mm512_storeu_ps(out, total);
        }
        _mm512_storeu_ps(ends + at, sweated);
        _mm512_storeu_ps(ends + stride + at, sodium);
        _mm512_storeu_ps(ends + 2 * stride + at, cation);
    }
}

void drink_by_hand(const float *drunk, const float *salted, const float *share, const float *cap,
                   const float *lost, float empty, float *out, int n_plans, int n_blocks,
                   int n_minutes)
{
    const size_t stride = (size_t)n_blocks * BLOCK;
    const __m512 least = _mm512_set1_ps(empty);
    for (size_t at = 0; at < stride; at += 16)
        for (int plan = 0; plan < n_plans; plan++) {
            const float *gone = lost + (at / BLOCK) * (size_t)n_minutes * BLOCK + at % BLOCK;
            const __m512 own = _mm512_loadu_ps(share + at), limit = _mm512_loadu_ps(cap + at);
            __m512 gut = _mm512_setzero_ps(), salt = gut, taken = gut, taken_salt = gut, most = gut;
            for (int minute = 0; minute < n_minutes; minute++, gone += BLOCK) {
                gut = _mm512_add_ps(gut, _mm512_set1_ps(drunk[plan * n_minutes + minute]));
                salt = _mm512_add_ps(salt, _mm512_set1_ps(salted[plan * n_minutes + minute]));
                __m512 passed = _mm512_min_ps(
                    own, _mm512_div_ps(limit, _mm512_max_ps(gut, least)));
                taken = _mm512_fmadd_ps(passed, gut, taken);
                taken_salt = _mm512_fmadd_ps(passed, salt, taken_salt);
                gut = _mm512_fnmadd_ps(passed, gut, gut);
                salt = _mm512_fnmadd_ps(passed, salt, salt);
                most = _mm512_max_ps(
                    most, _mm512_sub_ps(_mm512_add_ps(taken, gut), _mm512_loadu_ps(gone)));
            }
            float *end = out + (size_t)plan * 5 * stride + at;
            _mm512_storeu_ps(end, gut);
            _mm512_storeu_ps(end + stride, salt);
            _mm512_storeu_ps(end + 2 * stride, taken);
            _mm512_storeu_ps(end + 3 * stride, taken_salt);
            _mm512_storeu_ps(end + 4 * stride, most);
        }
}

/* Fused multiply-adds of one core as fast as they go: 10 chains of 16, 2 operations each. */
float peak(long rounds)
{
    __m512 a[10], x = _mm512_set1_ps(0.999f), y = _mm512_set1_ps(0.001f);
    for (int n = 0; n < 10; n++)
        a[n] = _mm512_set1_ps((float)n);
    for (long i = 0; i < rounds; i++)
        for (int n = 0; n < 10; n++)
            a[n] = _mm512_fmadd_ps(a[n], x, y);
    __m512 sum = _mm512_setzero_ps();
    for (int n = 0; n < 10; n++)
        sum = _mm512_add_ps(sum, a[n]);
    return _mm512_reduce_add_ps(sum);
}
#endif
