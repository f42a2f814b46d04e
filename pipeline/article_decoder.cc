#include "pipeline/article_decoder.h"
