/* NULL, garbage, freed and foreign handles, and values out of range, to what decodes. */
#include "check.h"

static void null_pointers(vw_decoder *decoder) {
    vw_decoder_config config;
    vw_audio_file *file = NULL;
    const float *f32 = NULL;
    const int16_t *s16 = NULL;
    size_t frames = 5;
    CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
    CHECK_REFUSED(vw_decoder_config_init(NULL), "config");
    CHECK_REFUSED(vw_decoder_info_init(NULL), "info");
    CHECK_REFUSED(vw_decoder_new(&config, NULL), "out");
    CHECK_REFUSED(vw_decoder_new(NULL, &decoder), "vw_decoder_config");
    CHECK_REFUSED(vw_decoder_push_f32(decoder, NULL, 1, &f32, &frames), "data");
    CHECK_REFUSED(vw_decoder_push_s16(decoder, NULL, 1, &s16, &frames), "data");
    CHECK_REFUSED(vw_decoder_push_f32(decoder, (const uint8_t *)"", SIZE_MAX, &f32, &frames), "data");
    CHECK_REFUSED(vw_decoder_push_f32(decoder, NULL, 0, NULL, &frames), "samples");
    CHECK_REFUSED(vw_decoder_push_f32(decoder, NULL, 0, &f32, NULL), "frames");
    CHECK_REFUSED(vw_decoder_push_s16(decoder, NULL, 0, NULL, &frames), "samples");
    CHECK_REFUSED(vw_decoder_push_s16(decoder, NULL, 0, &s16, NULL), "frames");
    CHECK_REFUSED(vw_decoder_finish_f32(decoder, NULL, &frames), "samples");
    CHECK_REFUSED(vw_decoder_finish_f32(decoder, &f32, NULL), "frames");
    CHECK_REFUSED(vw_decoder_finish_s16(decoder, NULL, &frames), "samples");
    CHECK_REFUSED(vw_decoder_finish_s16(decoder, &s16, NULL), "frames");
    CHECK_REFUSED(vw_decoder_get_info(decoder, NULL), "info");
    CHECK_REFUSED(vw_audio_file_create_decoded(NULL, &config, VW_WAV_S16, &file), "path");
    CHECK_REFUSED(vw_audio_file_create_decoded("a.wav", NULL, VW_WAV_S16, &file), "vw_decoder_config");
    CHECK_REFUSED(vw_audio_file_create_decoded("a.wav", &config, VW_WAV_S16, NULL), "out");
    CHECK(f32 == NULL && s16 == NULL && frames == 5 && file == NULL);
    CHECK_STATUS(vw_decoder_free(NULL), VW_OK);
}

static void bad_handles(vw_decoder *decoder) {
    vw_decoder *freed = NULL, *bad[4];
    vw_cancel *foreign = NULL;
    vw_decoder_config config;
    vw_decoder_info info;
    const float *f32 = NULL;
    const int16_t *s16 = NULL;
    size_t frames = 5, i;
    double seconds;
    CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
    CHECK_STATUS(vw_decoder_info_init(&info), VW_OK);
    CHECK_STATUS(vw_decoder_new(&config, &freed), VW_OK);
    CHECK_STATUS(vw_decoder_free(freed), VW_OK);
    CHECK_STATUS(vw_cancel_new(&foreign), VW_OK);
    bad[0] = NULL;
    bad[1] = (vw_decoder *)(void *)&config;
    bad[2] = (vw_decoder *)(void *)foreign;
    bad[3] = freed;
    for (i = 0; i < 4; i++) {
        CHECK_REFUSED(vw_decoder_push_f32(bad[i], NULL, 0, &f32, &frames), "vw_decoder");
        CHECK_REFUSED(vw_decoder_push_s16(bad[i], NULL, 0, &s16, &frames), "vw_decoder");
        CHECK_REFUSED(vw_decoder_finish_f32(bad[i], &f32, &frames), "vw_decoder");
        CHECK_REFUSED(vw_decoder_finish_s16(bad[i], &s16, &frames), "vw_decoder");
        CHECK_REFUSED(vw_decoder_get_info(bad[i], &info), "vw_decoder");
        if (bad[i] != NULL) CHECK_REFUSED(vw_decoder_free(bad[i]), "vw_decoder");
    }
    CHECK(f32 == NULL && s16 == NULL && frames == 5);
    CHECK_REFUSED(vw_cancel_free((vw_cancel *)(void *)decoder), "vw_cancel");
    CHECK_REFUSED(vw_audio_file_seconds((const vw_audio_file *)(const void *)decoder, &seconds), "vw_audio_file");
    CHECK_STATUS(vw_cancel_free(foreign), VW_OK);
}

static void bad_values(vw_decoder *decoder, const char *directory) {
    static const int32_t rates[] = {0, -2, INT32_MIN, 3999, 192001, INT32_MAX};
    static const int32_t channels[] = {0, -2, INT32_MIN, 9, 65537, INT32_MAX};
    static const size_t sizes[] = {0, 1, sizeof(vw_decoder_config) - 1, 4097, SIZE_MAX};
    vw_decoder_config config;
    vw_decoder_info info;
    vw_decoder *made = NULL;
    vw_audio_file *file = NULL;
    char path[512];
    size_t i;
    snprintf(path, sizeof path, "%s/refused.wav", directory);
    CHECK_STATUS(vw_decoder_info_init(&info), VW_OK);
    for (i = 0; i < 6; i++) {
        CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
        config.sample_rate = rates[i];
        CHECK_REFUSED(vw_decoder_new(&config, &made), "sample_rate");
        CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
        config.output_rate = rates[i];
        CHECK_REFUSED(vw_decoder_new(&config, &made), "output_rate");
        CHECK_REFUSED(vw_audio_file_create_decoded(path, &config, VW_WAV_S16, &file), "output_rate");
        CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
        config.channels = channels[i];
        CHECK_REFUSED(vw_decoder_new(&config, &made), "channels");
    }
    CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
    config.format = VW_FORMAT_S16LE; /* and no sample_rate */
    CHECK_REFUSED(vw_decoder_new(&config, &made), "sample_rate");
    config.format = 77;
    CHECK_REFUSED(vw_decoder_new(&config, &made), "format");
    CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
    CHECK_REFUSED(vw_audio_file_create_decoded(path, &config, 0, &file), "samples");
    CHECK_REFUSED(vw_audio_file_create_decoded(path, &config, 3, &file), "samples");
    CHECK_REFUSED(vw_audio_file_create_decoded("caf\xc3.wav", &config, VW_WAV_S16, &file), "path");
    CHECK_REFUSED(vw_audio_file_create_decoded("a.mp3", &config, VW_WAV_S16, &file), "format");
    for (i = 0; i < 5; i++) {
        config.struct_size = info.struct_size = sizes[i];
        CHECK_REFUSED(vw_decoder_new(&config, &made), "vw_decoder_config.struct_size");
        CHECK_REFUSED(vw_decoder_get_info(decoder, &info), "vw_decoder_info.struct_size");
        CHECK_REFUSED(vw_audio_file_create_decoded(path, &config, VW_WAV_S16, &file), "vw_decoder_config.struct_size");
    }
    CHECK(made == NULL && file == NULL);
}

static void bytes_that_are_misused(vw_decoder *decoder) {
    static const uint8_t sample[] = {1, 2};
    vw_audio_bytes *bytes = NULL, *freed = NULL, *bad[4];
    vw_decoder_config config, wrong;
    const uint8_t *data = NULL;
    size_t size = 5, i;
    CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
    CHECK_REFUSED(vw_audio_bytes_as_sent(77, 8000, sample, 2, &bytes), "format");
    CHECK_REFUSED(vw_audio_bytes_as_sent(VW_FORMAT_MP3, 0, sample, 2, &bytes), "sample_rate");
    CHECK_REFUSED(vw_audio_bytes_as_sent(VW_FORMAT_MP3, VW_UNSET, sample, 2, &bytes), "sample_rate");
    CHECK_REFUSED(vw_audio_bytes_as_sent(VW_FORMAT_MP3, 8000, NULL, 2, &bytes), "data");
    CHECK_REFUSED(vw_audio_bytes_as_sent(VW_FORMAT_MP3, 8000, sample, 2, NULL), "out");
    CHECK_REFUSED(vw_audio_bytes_decoded(NULL, VW_WAV_S16, sample, 2, &bytes), "vw_decoder_config");
    CHECK_REFUSED(vw_audio_bytes_decoded(&config, 3, sample, 2, &bytes), "samples");
    CHECK_REFUSED(vw_audio_bytes_decoded(&config, VW_WAV_S16, NULL, 2, &bytes), "data");
    CHECK_REFUSED(vw_audio_bytes_decoded(&config, VW_WAV_S16, sample, 2, NULL), "out");
    wrong = config;
    wrong.channels = 9;
    CHECK_REFUSED(vw_audio_bytes_decoded(&wrong, VW_WAV_S16, NULL, 0, &bytes), "channels");
    CHECK(bytes == NULL);
    CHECK_STATUS(vw_audio_bytes_as_sent(VW_FORMAT_MP3, 8000, NULL, 0, &freed), VW_OK);
    CHECK_REFUSED(vw_audio_bytes_get(freed, NULL, &size), "data");
    CHECK_REFUSED(vw_audio_bytes_get(freed, &data, NULL), "size");
    CHECK_STATUS(vw_audio_bytes_free(freed), VW_OK);
    bad[0] = NULL;
    bad[1] = (vw_audio_bytes *)(void *)&config;
    bad[2] = (vw_audio_bytes *)(void *)decoder;
    bad[3] = freed;
    for (i = 0; i < 4; i++) {
        CHECK_REFUSED(vw_audio_bytes_get(bad[i], &data, &size), "vw_audio_bytes");
        if (bad[i] != NULL) CHECK_REFUSED(vw_audio_bytes_free(bad[i]), "vw_audio_bytes");
    }
    CHECK(data == NULL && size == 5);
    CHECK_STATUS(vw_audio_bytes_free(NULL), VW_OK);
}

int main(void) {
    vw_decoder_config config;
    vw_decoder *decoder = NULL;
    CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
    CHECK_STATUS(vw_decoder_new(&config, &decoder), VW_OK);
    null_pointers(decoder);
    bad_handles(decoder);
    bad_values(decoder, environment("TEST_DIRECTORY"));
    bytes_that_are_misused(decoder);
    CHECK_STATUS(vw_decoder_free(decoder), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
