#include "pipeline/article.h"
