"""Words that carry no content of their own in a search: function words and question words, folded."""

_ENGLISH = """ a about above after again against all also am an and any are aren as at be because been
before being below between both but by can cannot could couldn did didn do does doesn doing don down
during each either else ever every few for from further get gets got had hadn has hasn have haven having
he her here hers herself him himself his how however i if in into is isn it its itself just ll let many
may me might more most much must my myself no nor not of off on once one only or other our ours ourselves
out over own per re s same shall she should shouldn so some such t than that the their theirs them
themselves then there these they this those though through thus to too under until up upon us ve very was
wasn we were weren what whatever when where whether which while who whom whose why will with within
without won would wouldn yet you your yours yourself yourselves
"""

_RUSSIAN = """
а без бы был была были было быть в вам вами вас ваш ваша ваше ваши во вот все всего всех всем всеми всю
вся вы где да даже для до его ее ей ему если есть еще же за зачем и из или им ими их к каждый как какая
какие каким каких какова каковы какого какое какой каком какому какую когда ко кого кому кем которая
которого которое которой котором которому которую которые который которым которых кто куда ли либо лишь
между меня мне многие много может могут мой мы на над нам нами нас наш не него нее ней нем нему нет ни
нибудь ними них но ну о об обо один одна одни одно однако около он она они оно от откуда отчего очень
перед по под под после потом потому почему почти при про ранее раз с сам сама сами само самый свое своего
своей свои своим своих свой своя свою себе себя сейчас сколько со снова собой стал стала стали стало так
такая такие такое такой также там тебя тем теперь то тогда того тоже той только том тому тот ту тут ты у
уж уже хотя чего чей чем чему через что чтоб чтобы чье чья чьи эта эти этим этих это этого этой этом
этому этот эту я является являются
"""

_KAZAKH = """
ал ала арқылы арасында әлде әр әрбір бар барлық бәрі без бен бер бері беру бір біз біздің бірақ бірге
болады болар болатын болған болды болса болып болу болуы бойы бойынша бұдан бұл бұлар бұның бұрын да дан
дегеніміз деген дейін дейді деп де дәл егер еді екен ед емес ең ешқандай етеді еткен етті етіп ету жатқан
жатыр жоқ жөнінде және жайлы қай қайда қайдан қайсы қайсысы қалай қандай қанша қашан қарай қарсы
қарағанда ғана керек кез кейбір кейін кім кімге кімдер кімді кімнің көп қоса қоя ма мақсатында маған мен
менің ме мұнда мұндай не неге неліктен немен немесе нені ненің неше нешінші ол олай олар олардың оларды
оны оның оған онда ондай онымен осы осылай осыған отыр отырған өз өзі өзінің өте па пе сайын сен сені сіз
сол сондай сондықтан соң соншама та тағы те тек туралы түрлі тұр үшін үстінде шейін ше бұрынғы анау мынау
мына ана аталады аталатын саналады табылады
"""

_SPANISH = """
a al algo algun alguna algunas alguno algunos ante antes aquel aquella aquellas aquello aquellos aqui asi
aun aunque bajo bien cada como con contra cual cuales cualquier cuando cuanta cuantas cuanto cuantos cuya
cuyas cuyo cuyos de del desde donde dos durante e el ella ellas ello ellos en entonces entre era eran
eres es esa esas ese eso esos esta estaba estaban estan estar estas este esto estos fue fueron fui ha
habia habian han has hasta hay haya hecho he hemos hizo hubo incluso la las le les lo los mas me mi
mientras mis mismo misma mismos mismas mucha muchas mucho muchos muy nada ni no nos nosotros nuestra
nuestro o os otra otras otro otros para pero poco por porque pues que quien quienes se sea segun ser si
sido sin sino so sobre solo son su sus tal tambien tampoco tan tanto te tenia tiene tienen toda todas
todavia todo todos tras tu tus u un una unas uno unos usted y ya yo
"""

STOPWORDS = {
    "en": frozenset(_ENGLISH.split()),
    "ru": frozenset(_RUSSIAN.split()),
    "kk": frozenset(_KAZAKH.split()),
    "es": frozenset(_SPANISH.split()),
}
"""Stop words by language, folded as `fold` in `retrieval.language.words` folds them (no accents, ё as е)."""
