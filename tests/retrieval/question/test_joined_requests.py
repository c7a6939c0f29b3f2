"""Two requests that "and" joins in one sentence are known as two, and ordinary requests and questions as one."""

import pytest

from retrieval.embedding import Embedder
from retrieval.question.intent import joined_requests

TWO = """
give me the summary of today and subscribe me at 8
дай сводку и покажи цифры
бүгінгі шолуды бер және сандарды көрсет
dame el resumen de hoy y avísame si cierran el aeropuerto
send me a brief every morning at 7 and tell me when the airport opens
show the timeline and the figures
покажи хронологию и присылай сводку каждое утро
подпиши меня на утро и дай сводку за вчера
отвечай по-русски и дай сводку за сегодня
орысша жауап бер және бүгінгі шолуды көрсет
таңғы 8-де шолу жіберіп тұр және интернет қосылса хабарла
suscríbeme a las ocho y dame el resumen de ayer
cambia el idioma a inglés y muéstrame las cifras
stop the morning briefs and show me the timeline
удали мои данные и отпиши меня от рассылки
show me a summary of yesterday, and also the figures
summarise the week and watch for the curfew
muéstrame la cronología y deja de enviarme resúmenes
кешегі шолуды бер, сосын күн сайын таңғы 9-да жіберіп тұр
set the language to Kazakh and show the timeline
can you sum up yesterday and then send me that daily at 9?
unsubscribe me and delete my data
переключись на казахский и покажи цифры
подведи итоги дня и каждый вечер в 8 присылай то же самое
апта қорытындысын бер және тілді орысшаға ауыстыр
hazme un resumen de la semana y cambia el idioma a inglés
deja de mandarme boletines y borra mis datos
""".strip().splitlines()
"""Two requests each; a summary, figures, subscriptions, alerts, the language, privacy."""

ONE = """
what happened in Almaty and Aktau
summary of protests and arrests
how many were killed and injured?
how many were killed and how many were injured?
what happened in Almaty and who ordered the troops to shoot?
give me a summary of the protests in Almaty and the curfew
who resigned and why?
what did Tokayev say and when?
latest on the airport and the internet
tell me when the airport opens and flights resume
send me the news every morning and every evening
who is Massimov and why was he arrested?
when did the CSTO troops arrive and leave?
give me the summary of yesterday and today
timeline of the protests and the state of emergency
how did the protests start and spread
что произошло в Алматы и Актау
сводка о протестах и задержаниях
сколько погибших и раненых?
сколько человек погибло и сколько ранено?
кто ушёл в отставку и почему?
дай сводку за вчера и сегодня
дай сводку по Алматы и Актау
что сказал Токаев и когда?
присылай новости утром и вечером
сообщи, когда откроют аэропорт и включат интернет
что нового по Масимову и КНБ
хронология протестов и введения войск
когда войска прибыли и когда ушли?
что случилось ночью и что говорят власти
Алматы мен Ақтауда не болды
наразылық және ұстау туралы шолу
қанша адам қаза тапты және жараланды?
Тоқаев не деді және қашан?
кеше және бүгін не болды
таңғы 8-де және кешкі 8-де шолу жіберіп тұр
әуежай ашылса және интернет қосылса хабарла
Масимов кім және неге ұсталды?
наразылық қалай басталды және қалай тарады
қанша адам қаза тапты және қанша адам ұсталды?
qué pasó en Almaty y Aktau
resumen de las protestas y los arrestos
cuántos muertos y heridos hay
cuántos murieron y cuántos fueron detenidos
quién dimitió y por qué
dame el resumen de ayer y de hoy
avísame cuando abra el aeropuerto y vuelva internet
mándame las noticias por la mañana y por la noche
qué dijo Tokáyev y cuándo
cronología de las protestas y del estado de emergencia
últimas noticias del aeropuerto y del toque de queda
quién es Masimov y por qué lo detuvieron
cuándo llegaron y se fueron las tropas
qué pasó anoche y qué dice el gobierno
what is open and what is closed now
explain what happened and what it means
give me the death toll and who reported it
расскажи, что произошло и чем закончилось
дай цифры погибших и задержанных
dame las cifras de muertos y detenidos
show the numbers of killed and detained
subscribe me to news on Almaty and Aktau at 8
how did the protests start and what happened next
what happened on 5 January and on 6 January
give me a short and clear summary
a summary of the protests and the number of people killed
did the president and the government resign?
send me a brief at 8 and at 20
alert me about troops and tanks in Almaty
what is known about Massimov and his arrest
keep me posted on gas prices and protests
show me the latest on fuel and food prices
who shot at whom and where and when
как начались протесты и что было дальше
что было 5 января и 6 января
коротко и ясно: что случилось
сводка протестов и число погибших
ушли ли президент и правительство в отставку?
присылай сводку в 8 и в 20
следи за войсками и техникой в Алматы
что известно о Масимове и его аресте
последние новости о ценах на газ и хлеб
5 және 6 қаңтарда не болды
қысқа әрі нұсқа шолу бер
президент пен үкімет отставкаға кетті ме?
таңертең және кешке жаңалық жібер
әскер және техника туралы хабардар етіп тұр
төтенше жағдай және наразылық хронологиясы
газ және нан бағасы туралы соңғы жаңалық
qué pasó el 5 y el 6 de enero
un resumen breve y claro
dimitieron el presidente y el gobierno?
mándame el resumen a las 8 y a las 20
sigue las noticias sobre tropas y tanques
qué se sabe de Masimov y de su arresto
cómo empezaron las protestas y qué pasó después
lo último sobre el precio del gas y del pan
resumen de las protestas y número de muertos
""".strip().splitlines()
"""Ordinary questions and requests with such a word in them, in four languages."""


@pytest.mark.parametrize("text", TWO)
def test_two_requests_in_one_sentence_are_two(text: str, embedder: Embedder) -> None:
    assert len(joined_requests(embedder, text)) == 2


@pytest.mark.parametrize("text", ONE)
def test_one_request_is_one(text: str, embedder: Embedder) -> None:
    assert joined_requests(embedder, text) == frozenset()
